package ferry.receive;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder in staging in which a tree is put together that is to appear at once. Immutable; whoever has claimed it may use it.
 *
 * <pre>
 * journal     whose tree it is, and of which path: a {@link Journal} without chunks; not where nothing is kept
 * content/    stands for the folder that is received into; the tree is where it will be in that one
 * marks/      see {@link Marks}
 * </pre>
 */
record TreeFolder(Path path) {
    /** What there is of a tree, but for what is in it. */
    record State(Journal.Header header, Instant lastUsed) {}

    /** All those in a folder, which need not exist. */
    static List<TreeFolder> in(Path trees) throws IOException {
        return KeptFolders.in(trees).stream().map(TreeFolder::new).toList();
    }

    String key() {
        return path.getFileName().toString();
    }

    Path content() {
        return path.resolve("content");
    }

    Path marks() {
        return path.resolve("marks");
    }

    private Path journal() {
        return path.resolve("journal");
    }

    /** Makes the folder for a tree that nobody goes on with. */
    void create() throws IOException {
        Files.createDirectories(path.getParent(), Permissions.privateDirectory(path));
        Files.createDirectory(path, Permissions.privateDirectory(path));
        Files.createDirectory(content(), Permissions.privateDirectory(path));
    }

    /** The same for one that is kept. */
    void create(Journal.Header header) throws IOException {
        create();
        touch(header);
    }

    /** Somebody goes on with it. */
    void touch(Journal.Header header) throws IOException {
        Journal.write(journal(), header, new ChunkRuns());
    }

    /** Looks at what is there; empty if it is of no use, as when its tree has got its name already. */
    Optional<State> look() throws IOException {
        if (Found.at(content()) != Found.DIRECTORY || Found.at(journal()) != Found.FILE) {
            return Optional.empty();
        }
        Optional<Journal.Content> journal = Journal.read(journal());
        if (journal.isEmpty() || !hasTree(journal.get().header())) {
            return Optional.empty();
        }
        Instant lastUsed =
                Files.getLastModifiedTime(journal(), LinkOption.NOFOLLOW_LINKS).toInstant();
        return Optional.of(new State(journal.get().header(), lastUsed));
    }

    private boolean hasTree(Journal.Header header) throws IOException {
        Path tree = content().resolve(header.path()).normalize();
        return tree.startsWith(content()) && Found.at(tree) == Found.DIRECTORY;
    }

    /** Whether nobody else can have a hand in it: what is in it only its owner can come to. */
    boolean isOwned(Ownership ownership) throws IOException {
        return ownership.hasAll(path, content(), journal());
    }

    /** How many bytes the files in it have. */
    long bytes() throws IOException {
        AtomicLong bytes = new AtomicLong();
        Files.walkFileTree(content(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    bytes.addAndGet(attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes.get();
    }

    /** Deletes it: first of all its journal, without which nobody goes on with what is left of it. */
    void remove(Permissions permissions) throws IOException {
        if (Found.at(path) == Found.DIRECTORY) {
            Files.deleteIfExists(journal());
            remove(path, permissions);
        }
    }

    /** Deletes a folder and all in it, also where the modes that were offered forbid it. */
    static void remove(Path folder, Permissions permissions) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                permissions.makeWritable(directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            // A directory that cannot be listed by its mode, or something that has vanished.
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (Found.at(file) == Found.DIRECTORY && Permissions.open(file)) {
                    remove(file, permissions);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
