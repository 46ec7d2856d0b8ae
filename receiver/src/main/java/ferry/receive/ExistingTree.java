package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tree whose name is taken by a directory. It may be the same, as when the receipts of an earlier transfer were lost: each entry
 * is compared with what is there, nothing is changed, and what differs is refused.
 */
final class ExistingTree implements TreePlace {
    private static final int BATCH = 64;

    private final RelativePath root;
    private final Disk disk;
    private final Path folder;
    private final Runnable onSame;
    private final DirectoryInbox inbox;

    /**
     * @param folder the transfer's own in staging
     * @param onSame is run when the tree has turned out to be the same
     */
    ExistingTree(RelativePath root, Disk disk, Path folder, Runnable onSame) {
        this.root = root;
        this.disk = disk.comparing();
        this.folder = folder;
        this.onSame = onSame;
        this.inbox = new DirectoryInbox(this.disk, folder, Optional.empty());
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        find(file, Found.FILE);
        return inbox.admit(file);
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        find(directory, Found.DIRECTORY);
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        Path there = find(link, Found.LINK);
        try {
            if (!Files.readSymbolicLink(there)
                    .equals(link.target().on(disk.out().root()))) {
                throw differs(link.path(), "leads elsewhere");
            }
        } catch (IOException e) {
            throw disk.failures().explain(link.path(), "compared", e);
        }
    }

    /** It takes no place in staging any more. */
    @Override
    public void stored(Placement placement, long bytes) {}

    @Override
    public Outcome settle(TreeEntries entries, SettleListener listener) throws TransferException, IOException {
        requireNoOthers(entries);
        sync(entries);
        onSame.run();
        return Outcome.SAME;
    }

    @Override
    public void close() {
        inbox.close();
    }

    private Path find(Entry entry, Found kind) throws TransferException {
        Path target = disk.out().check(entry.path());
        try {
            Found there = Found.at(target);
            if (there != kind) {
                throw differs(entry.path(), "has %s there, not a %s".formatted(article(there), kind.words()));
            }
            return target;
        } catch (IOException e) {
            throw disk.failures().explain(entry.path(), "looked up", e);
        }
    }

    private static String article(Found there) {
        return there == Found.NOTHING ? there.words() : "a " + there.words();
    }

    private void requireNoOthers(TreeEntries entries) throws IOException, TransferException {
        Optional<String> other;
        try (PathSet offered = PathSet.create(folder.resolve("paths"), entries.count())) {
            entries.forEach(stored -> offered.add(stored.entry().path().toString()));
            Search search = new Search(offered);
            Files.walkFileTree(disk.out().check(root), search);
            other = search.found;
            if (other.isEmpty() && search.count != offered.size()) {
                throw differs(root, "has one entry where two were sent");
            }
        }
        if (other.isPresent()) {
            throw differs(RelativePath.parse(other.get()), "has '%s' too, which was not sent".formatted(other.get()));
        }
    }

    /** All names in it last, also if who placed it did not come to that. */
    private void sync(TreeEntries entries) throws IOException, TransferException {
        List<Path> batch = new ArrayList<>(BATCH);
        entries.forEach(stored -> {
            if (stored.entry() instanceof Entry.Directory directory) {
                batch.add(disk.out().check(directory.path()));
                if (batch.size() == BATCH) {
                    sync(batch);
                }
            }
        });
        sync(batch);
    }

    private void sync(List<Path> batch) throws IOException {
        for (IOException failure : disk.sync().sync(batch).values()) {
            throw failure;
        }
        batch.clear();
    }

    private TransferException differs(RelativePath path, String how) {
        return new TransferException(
                ErrorCode.CONFLICT,
                path.toString(),
                "the receiver's '%s' differs, and is not replaced all at once: it %s".formatted(root, how));
    }

    /** Looks for something that is not in a set. */
    private final class Search extends SimpleFileVisitor<Path> {
        private final PathSet offered;
        private Optional<String> found = Optional.empty();
        private long count;

        Search(PathSet offered) {
            this.offered = offered;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            return visit(directory);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            return visit(file);
        }

        private FileVisitResult visit(Path path) throws IOException {
            count++;
            String name = disk.out().name(path);
            if (offered.contains(name)) {
                return FileVisitResult.CONTINUE;
            }
            found = Optional.of(name);
            return FileVisitResult.TERMINATE;
        }
    }
}
