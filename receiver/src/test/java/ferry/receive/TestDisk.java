package ferry.receive;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/** Builds inboxes with chosen parts, entries to put into them, and looks at what came of it. */
final class TestDisk {
    static final Instant MODIFIED = Instant.parse("2001-02-03T04:05:06.123456789Z");
    private static final Attributes ATTRIBUTES = new Attributes(Optional.of(MODIFIED), OptionalInt.of(0640));

    private TestDisk() {}

    static StorageOptions options(ConflictPolicy policy) {
        return new StorageOptions(policy, SyncPolicy.FSYNC, OptionalLong.empty(), OptionalLong.empty());
    }

    /** A disk whose system calls are chosen, as {@link ReceiveFolder} would build it. */
    static Disk disk(Path root, Path staging, StorageOptions options, Syncer syncer, NameTaking naming, FreeSpace space)
            throws IOException {
        DirectorySync sync = new DirectorySync(root, syncer);
        DiskFailures failures = new DiskFailures(space);
        OutFolder out = new OutFolder(root, sync, failures);
        return new Disk(
                out,
                new SpaceBudget(space),
                syncer,
                sync,
                Permissions.probe(staging),
                naming,
                failures,
                new Placer(out, failures, options),
                new Semaphore(4),
                options);
    }

    static RelativePath path(String text) {
        try {
            return RelativePath.parse(text);
        } catch (TransferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Entry.File file(String path, long size) {
        return new Entry.File(path(path), OptionalLong.of(size), ATTRIBUTES);
    }

    static Entry.File fileOfUnknownSize(String path) {
        return new Entry.File(path(path), OptionalLong.empty(), ATTRIBUTES);
    }

    static Entry.Directory directory(String path, int mode) {
        return new Entry.Directory(path(path), new Attributes(Optional.of(MODIFIED), OptionalInt.of(mode)));
    }

    static Entry.Link link(String path, String target) {
        try {
            return new Entry.Link(path(path), LinkTarget.parse(target, path(path)), Attributes.NONE);
        } catch (TransferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Receives a whole small file as a session would: admission, data, completion, sync. */
    static Placement receive(Inbox inbox, String path, byte[] content) throws TransferException {
        return receive(inbox, file(path, content.length), content);
    }

    static Placement receive(Inbox inbox, String path, String content) throws TransferException {
        return receive(inbox, path, content.getBytes(StandardCharsets.UTF_8));
    }

    static Placement receive(Inbox inbox, Entry.File file, byte[] content) throws TransferException {
        StagedFile staged = inbox.admit(file).staged();
        try {
            staged.write(direct(content), 0);
            Placement placement = staged.complete(content.length);
            for (TransferException failure : inbox.sync(List.of(placement)).values()) {
                throw failure;
            }
            return placement;
        } finally {
            staged.abandon();
        }
    }

    static ByteBuffer direct(byte[] content) {
        return ByteBuffer.allocateDirect(content.length).put(content).flip();
    }

    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Everything below a folder but staging: relative names and text, links as {@code -> target}, directories as /. */
    static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> tops = Files.list(root)) {
            for (Path top : (Iterable<Path>) tops::iterator) {
                // There somebody may be at work.
                if (!top.endsWith(RelativePath.RESERVED)) {
                    addAll(top, root, tree);
                }
            }
        }
        return tree;
    }

    private static void addAll(Path top, Path root, Map<String, String> tree) throws IOException {
        try (Stream<Path> paths = Files.walk(top)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                tree.put(root.relativize(path).toString(), describe(path));
            }
        }
    }

    /** Names of files in staging but locks and lists. */
    static List<String> staged(Path root) throws IOException {
        Path staging = root.resolve(RelativePath.RESERVED);
        if (!Files.exists(staging)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(staging)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("file-"))
                    .toList();
        }
    }

    private static String describe(Path path) throws IOException {
        return switch (Found.at(path)) {
            case FILE -> Files.readString(path, StandardCharsets.ISO_8859_1);
            case DIRECTORY -> "/";
            case LINK -> "-> " + Files.readSymbolicLink(path);
            case NOTHING, SPECIAL -> "?";
        };
    }
}
