package ferry.receive;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A tree that nobody has yet: it is put together in staging, by a {@link DirectoryInbox} for which a folder there stands for the one
 * that is received into, and then moved to its name as a whole.
 */
final class NewTree implements TreePlace {
    private static final int OWNER_ALL = 0700;

    private final Entry.Directory root;
    private final Disk disk;
    private final Path folder;
    private final TreeFolder staged;
    private final Optional<StagedTree> claimed;
    private final Disk staging;
    private final DirectoryInbox inbox;

    /** Bytes that staging holds for complete files. */
    private final AtomicLong held;

    /** How many of those bytes the files have that are replaced by others, as long as these are on their way. */
    private final Map<RelativePath, Long> replacing = new ConcurrentHashMap<>();

    /** Belongs to the thread that settles, and then to the one that closes. */
    private Rest rest = Rest.KEPT;

    private NewTree(
            Entry.Directory root,
            Disk disk,
            Path folder,
            TreeFolder staged,
            Optional<StagedTree> claimed,
            Optional<Keeper> keeper) {
        this.root = root;
        this.disk = disk;
        this.folder = folder;
        this.staged = staged;
        this.claimed = claimed;
        this.staging = disk.staging(staged.content());
        this.inbox = new DirectoryInbox(
                staging,
                folder,
                keeper.map(kept -> new Keeper(kept.owner(), kept.partials(), new Marks(staged.marks()))));
        this.held = new AtomicLong(claimed.map(StagedTree::bytes).orElse(0L));
        disk.budget().hold(held.get());
    }

    /**
     * Begins one, or goes on with what an earlier transfer of the owner has left.
     *
     * @param folder the transfer's own in staging
     */
    static NewTree begin(Entry.Directory root, Disk disk, Path folder, Optional<Keeper> keeper, Trees trees)
            throws TransferException, IOException {
        String path = disk.out().below(disk.out().check(root.path()));
        Optional<StagedTree> claimed = keeper.flatMap(kept -> trees.claim(kept.owner(), path));
        if (claimed.isPresent()) {
            return new NewTree(root, disk, folder, claimed.get().folder(), claimed, keeper);
        }
        TreeFolder own = new TreeFolder(folder.resolve("tree"));
        own.create();
        return new NewTree(root, disk, folder, own, claimed, keeper);
    }

    /** Whether a whole tree can be moved to a name: nothing is there, or an empty directory that may be overwritten. */
    static boolean mayTake(Path target, ConflictPolicy policy) throws IOException {
        Found there = Found.at(target);
        return there == Found.NOTHING
                || (there == Found.DIRECTORY && policy == ConflictPolicy.OVERWRITE && isEmpty(target));
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (DirectoryStream<Path> content = Files.newDirectoryStream(directory)) {
            return !content.iterator().hasNext();
        }
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        requireRoom(file, Found.FILE);
        Admission admission = inbox.admit(file);
        if (isGoneOnWith()) {
            replaced(file.path()).ifPresent(size -> replacing.put(file.path(), size));
        }
        return admission;
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        requireRoom(directory, Found.DIRECTORY);
        inbox.defer(id, directory.path().equals(root.path()) ? movable(directory) : directory);
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        requireRoom(link, Found.LINK);
        inbox.defer(id, link);
    }

    @Override
    public void stored(Placement placement, long bytes) {
        long before = Optional.ofNullable(replacing.remove(placement.path())).orElse(0L);
        if (placement.outcome() == Outcome.PLACED) {
            held.addAndGet(bytes - before);
            disk.budget().hold(bytes - before);
        }
    }

    /** The size of the file that an earlier transfer has left there, which is to be replaced. */
    private Optional<Long> replaced(RelativePath path) throws TransferException {
        try {
            return Found.attributes(staging.out().check(path))
                    .filter(BasicFileAttributes::isRegularFile)
                    .map(BasicFileAttributes::size);
        } catch (IOException e) {
            throw disk.failures().explain(path, "looked up", e);
        }
    }

    @Override
    public Outcome settle(TreeEntries entries, SettleListener listener) throws TransferException, IOException {
        if (isGoneOnWith()) {
            removeOthers(entries);
        }
        FirstFailure failure = new FirstFailure();
        inbox.settleLinks(failure);
        if (failure.first.isEmpty()) {
            requireAll(entries);
            inbox.settleDirectories(failure);
        }
        try {
            failure.throwIfAny();
        } catch (TransferException e) {
            if (e.code() == ErrorCode.STORAGE_FAILED) {
                // After a sync that failed nobody knows what the disk has: it is not gone on with.
                rest = Rest.REMOVED;
            }
            throw e;
        }
        Path target = place(listener);
        finishRoot(target);
        sync(target);
        return Outcome.PLACED;
    }

    @Override
    public void close() {
        inbox.close();
        disk.budget().leave(held.get());
        if (claimed.isEmpty()) {
            removeStaged();
        } else if (rest == Rest.KEPT) {
            claimed.get().keep(held.get());
        } else {
            claimed.get().remove();
        }
    }

    private void removeStaged() {
        try {
            staged.remove(disk.permissions());
        } catch (IOException e) {
            // It goes with the process's folder, or with the next receiver's start.
        }
    }

    private boolean isGoneOnWith() {
        return claimed.filter(tree -> tree.origin() == StagedTree.Origin.KEPT).isPresent();
    }

    /** The directory above is there, and nothing of another kind that an earlier transfer has left. */
    private void requireRoom(Entry entry, Found kind) throws TransferException {
        RelativePath path = entry.path();
        Path target = staging.out().check(path);
        try {
            if (path.parent().isPresent()
                    && Found.at(staging.out().check(path.parent().get())) != Found.DIRECTORY) {
                throw new TransferException(
                        ErrorCode.NOT_ALLOWED, path.toString(), "the directory that it is in was not offered");
            }
            Found there = Found.at(target);
            if (isGoneOnWith() && there != Found.NOTHING && there != kind) {
                TreeFolder.remove(target, disk.permissions());
            }
        } catch (IOException e) {
            throw disk.failures().explain(path, "staged", e);
        }
    }

    /** What an earlier transfer has left of an older version of the tree, and is not in this one. */
    private void removeOthers(TreeEntries entries) throws IOException, TransferException {
        try (PathSet offered = PathSet.create(folder.resolve("paths"), entries.count())) {
            entries.forEach(stored -> offered.add(stored.entry().path().toString()));
            Files.walkFileTree(
                    staging.out().check(root.path()), new OthersRemover(staging.out(), offered, disk.permissions()));
        }
    }

    /** Each entry that was offered is there under its own name; now, since soon some directories cannot be listed any more. */
    private void requireAll(TreeEntries entries) throws IOException, TransferException {
        try {
            new TreeCensus(staging.out(), folder).require(entries, staging.out().check(root.path()));
        } catch (TransferException e) {
            rest = Rest.REMOVED;
            throw e;
        }
    }

    /** The one step. */
    private Path place(SettleListener listener) throws TransferException, IOException {
        Path tree = staging.out().check(root.path());
        Path target = disk.out().prepare(root.path());
        disk.out().requireSameFileSystem(root.path(), target);
        requireFree(target);
        disk.sync().forget(target);
        listener.requireGoingOn();
        try {
            Files.move(tree, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // A directory that is not empty is never replaced by a move; somebody may have made one since we looked.
            requireFree(target);
            throw e;
        }
        rest = Rest.REMOVED;
        // Looks once more that no directory was swapped for a link in the very moment: then it is elsewhere.
        disk.out().check(root.path());
        return target;
    }

    private void requireFree(Path target) throws TransferException, IOException {
        if (!mayTake(target, disk.options().onConflict())) {
            throw new TransferException(
                    ErrorCode.CONFLICT,
                    root.path().toString(),
                    "nothing is placed: the receiver has a %s '%s' since"
                            .formatted(Found.at(target).words(), root.path()));
        }
    }

    /** A directory that its owner may not write to cannot be moved to another one, and so gets its mode there. */
    private static Entry.Directory movable(Entry.Directory directory) {
        Attributes wanted = directory.attributes();
        return wanted.mode().isPresent()
                ? new Entry.Directory(
                        directory.path(),
                        new Attributes(
                                wanted.modified(), OptionalInt.of(wanted.mode().getAsInt() | OWNER_ALL)))
                : directory;
    }

    private void finishRoot(Path target) throws IOException {
        if (movable(root).equals(root)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            disk.permissions().update(target, root.attributes());
            disk.syncer().content(channel);
        }
    }

    private void sync(Path target) throws IOException {
        Map<Path, IOException> lost = disk.sync().syncNames(List.of(target));
        for (IOException failure : lost.values()) {
            throw failure;
        }
    }

    /** Hears how the entries are settled in staging, where all must be well. */
    private static final class FirstFailure implements SettleListener {
        private Optional<TransferException> first = Optional.empty();

        @Override
        public void settled(long id, Entry entry, Placement placement) {}

        @Override
        public void failed(long id, Entry entry, TransferException reason) {
            first = first.or(() -> Optional.of(reason));
        }

        void throwIfAny() throws TransferException {
            if (first.isPresent()) {
                throw first.get();
            }
        }
    }
}
