package ferry.receive;

import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.entry.Placing;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.receive.IncomingFile.Whole;
import ferry.receive.TreeEntries.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Inbox} for one directory tree that appears at once or not at all (docs/PROTOCOL.md, section 6.1; docs/adr/0026). What
 * it says of placements and conflicts while entries arrive is about staging, or about the same tree that is there already.
 */
final class AtomicInbox implements Inbox {
    /** Of whoever lacks more it is not known what. */
    private static final int MAX_LACKING = 1_024;

    /** Stands for what is not known; no path ends so. */
    private static final String OTHERS = "other entries/";

    private final Disk disk;
    private final Path folder;
    private final Optional<Keeper> keeper;
    private final Trees trees;
    private final TreeEntries entries;

    /** Paths that were offered and have not come, and why. */
    private final Map<String, String> lacking = new ConcurrentHashMap<>();

    private volatile @Nullable Tree tree;

    /** The tree, once its root was offered. */
    private record Tree(RelativePath root, TreePlace place) {}

    /**
     * Opens one for a transfer.
     *
     * @param folder its own in staging, which {@link #close} removes
     * @param keeper of what outlives the transfer if it breaks; empty if nothing does
     * @param trees of which one is gone on with, if there is a keeper
     */
    AtomicInbox(Disk disk, Path folder, Optional<Keeper> keeper, Trees trees) {
        this.disk = disk;
        this.folder = folder;
        this.keeper = keeper;
        this.trees = trees;
        this.entries = new TreeEntries(folder.resolve("entries"));
    }

    @Override
    public Placing placing() {
        return Placing.ALL_AT_ONCE;
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        return placeOf(file.path()).admit(file);
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        if (tree == null && directory.path().depth() == 1) {
            tree = new Tree(directory.path(), begin(directory));
        }
        placeOf(directory.path()).defer(id, directory);
        add(new Stored(id, directory, Whole.NONE, Optional.empty()));
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        placeOf(link.path()).defer(id, link);
        add(new Stored(id, link, Whole.NONE, Optional.empty()));
    }

    @Override
    public boolean defer(long id, Entry.File file, Placement placement, Whole whole) throws TransferException {
        placeOf(file.path()).stored(placement, whole.size());
        add(new Stored(id, file, whole, placement.sha256()));
        return true;
    }

    @Override
    public void lacks(String path, String why) {
        if (lacking.size() < MAX_LACKING) {
            lacking.put(path, why);
        } else {
            lacking.put(OTHERS, "it is one of very many");
        }
    }

    @Override
    public void withdrawn(long id) {
        if (!entries.withdraw(id)) {
            lacks(OTHERS, "the sender has withdrawn very many");
        }
    }

    /** Nothing has its name yet. */
    @Override
    public Map<Placement, TransferException> sync(Collection<Placement> placements) {
        return Map.of();
    }

    @Override
    public void settle(SettleListener listener) throws TransferException {
        requireWhole();
        Tree whole = tree;
        if (whole == null) {
            return;
        }
        try {
            Outcome outcome = whole.place().settle(entries, listener);
            Durability durability = disk.options().sync().durability();
            entries.forEach(stored -> tell(listener, stored, outcome, durability));
        } catch (IOException e) {
            throw disk.failures().explain(whole.root(), "settled", e);
        }
    }

    private static void tell(SettleListener listener, Stored stored, Outcome outcome, Durability durability) {
        Placement placement =
                new Placement(stored.entry().path(), outcome, durability, Optional.empty(), stored.sha256());
        switch (stored.entry()) {
            case Entry.File file -> listener.settled(stored.id(), file, placement, stored.whole());
            case Entry.Directory _, Entry.Link _ -> listener.settled(stored.id(), stored.entry(), placement);
        }
    }

    @Override
    public long freeSpace() {
        return disk.budget().available();
    }

    @Override
    public void close() {
        entries.close();
        Tree begun = tree;
        if (begun != null) {
            begun.place().close();
        }
        try {
            if (Files.exists(folder)) {
                Staging.remove(folder);
            }
        } catch (IOException e) {
            // It goes with the process's folder, or with the next receiver's start.
        }
    }

    private TreePlace begin(Entry.Directory root) throws TransferException {
        RelativePath path = root.path();
        Path target = disk.out().check(path);
        try {
            if (NewTree.mayTake(target, disk.options().onConflict())) {
                disk.out().requireSameFileSystem(path, target);
                return NewTree.begin(root, disk, folder, keeper, trees);
            }
            Found there = Found.at(target);
            if (there != Found.DIRECTORY) {
                throw new TransferException(
                        there == Found.LINK ? ErrorCode.NAME_REFUSED : ErrorCode.KIND_CONFLICT,
                        path.toString(),
                        "expected nothing, or the same directory, the receiver has a %s there"
                                .formatted(there.words()));
            }
            return new ExistingTree(path, disk, folder, () -> drop(target));
        } catch (IOException e) {
            throw disk.failures().explain(path, "begun", e);
        }
    }

    /** What is kept of the tree, which is there, is of no use any more. */
    private void drop(Path target) {
        keeper.ifPresent(kept -> trees.drop(kept.owner(), disk.out().below(target)));
    }

    private TreePlace placeOf(RelativePath path) throws TransferException {
        Tree begun = tree;
        if (begun == null || !(path.equals(begun.root()) || path.toString().startsWith(begun.root() + "/"))) {
            throw new TransferException(
                    ErrorCode.NOT_ALLOWED,
                    path.toString(),
                    "expected one directory, and then what is in it: only such a tree can appear at once");
        }
        return begun.place();
    }

    private void add(Stored stored) throws TransferException {
        RelativePath path = stored.entry().path();
        try {
            entries.add(stored);
            lacking.remove(path.toString());
        } catch (IOException e) {
            throw disk.failures().explain(path, "listed", e);
        }
    }

    /** The sender knows what has failed, and must not have said that this is all. */
    private void requireWhole() throws TransferException {
        Optional<Map.Entry<String, String>> first = lacking.entrySet().stream().findFirst();
        if (first.isPresent()) {
            throw new TransferException(
                    ErrorCode.PROTOCOL_VIOLATION,
                    first.get().getKey(),
                    "nothing is placed, since '%s' is missing: %s"
                            .formatted(first.get().getKey(), first.get().getValue()));
        }
    }
}
