package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Counts what is in a tree, and so finds out whether an entry took the name of another one: a disk may take two spellings for one
 * name, in capitals or not, and then holds one entry for two. For one thread.
 */
final class TreeCensus {
    private final OutFolder place;
    private final Path folder;

    /**
     * @param place what the paths of entries are relative to
     * @param folder for a temporary file, which goes with it
     */
    TreeCensus(OutFolder place, Path folder) {
        this.place = place;
        this.folder = folder;
    }

    /**
     * Makes sure that all entries of a tree are there, and nothing else is.
     *
     * @param root of the tree, in which every directory can be listed
     * @throws TransferException CONFLICT for an entry whose name another one has
     */
    void require(TreeEntries entries, Path root) throws IOException, TransferException {
        Count offered = new Count();
        entries.forEach(offered);
        Count there = new Count();
        walk(root, there);
        if (there.count != offered.count) {
            throw new TransferException(
                    ErrorCode.CONFLICT,
                    firstMissing(entries, root, there.count).orElse(place.name(root)),
                    "nothing is placed: %d entries were sent, and the receiver's disk has names for %d"
                            .formatted(offered.count, there.count));
        }
    }

    /** The first one that is not there under the very name that was offered. */
    private Optional<String> firstMissing(TreeEntries entries, Path root, long found)
            throws IOException, TransferException {
        try (PathSet names = PathSet.create(folder.resolve("names"), found)) {
            walk(root, path -> names.add(place.name(path)));
            Missing missing = new Missing(names);
            entries.forEach(missing);
            return missing.first;
        }
    }

    /** What is told of each entry that is found. */
    @FunctionalInterface
    private interface Finding {
        void found(Path path) throws IOException;
    }

    /** Counts what it is told. */
    private static final class Count implements TreeEntries.Reader, Finding {
        private long count;

        @Override
        public void read(TreeEntries.Stored stored) {
            count++;
        }

        @Override
        public void found(Path path) {
            count++;
        }
    }

    /** Looks for an entry whose path is not in a set. */
    private static final class Missing implements TreeEntries.Reader {
        private final PathSet names;
        private Optional<String> first = Optional.empty();

        Missing(PathSet names) {
            this.names = names;
        }

        @Override
        public void read(TreeEntries.Stored stored) throws IOException {
            String path = stored.entry().path().toString();
            if (first.isEmpty() && !names.contains(path)) {
                first = Optional.of(path);
            }
        }
    }

    private static void walk(Path root, Finding finding) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                finding.found(directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                finding.found(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
