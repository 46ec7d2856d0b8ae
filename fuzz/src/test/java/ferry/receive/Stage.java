package ferry.receive;

import static ferry.fuzz.Invariant.require;

import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.fuzz.DeafPeer;
import ferry.net.BufferPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one session of the receiver after the other, each with a folder of its own, and looks at what it did to the disk. The folder
 * holds traps: a file that is there, one large enough to be compared, and a link to a place outside that holds a secret.
 */
final class Stage {
    static final String SECRET = "THE-SECRET-OUTSIDE";
    static final String OLD = "old";
    static final String SAME = "same";
    static final int SAME_BYTES = 70_000;
    static final String WAY_OUT = "way";

    /** What a broken transfer leaves in staging for its owner, and what guards it. */
    private static final Set<String> KEPT = Set.of("partial", "marks", "lock");

    private static final Duration END = Duration.ofSeconds(10);
    private static final DiskPool DISK = DiskPool.open(1, (thread, fault) -> Stage.FAULTS.add(fault));
    private static final List<Throwable> FAULTS = new CopyOnWriteArrayList<>();
    private static final BufferPool BUFFERS = new BufferPool(8 << 20);
    private static final AtomicLong NUMBER = new AtomicLong();
    private static final Path BASE = base();
    private static final Path OUTSIDE = BASE.resolve("outside");
    private static final String OUTSIDE_BEFORE = snapshot(OUTSIDE);

    private final Path out = BASE.resolve("out-" + NUMBER.incrementAndGet());
    private final List<TransferEvent> events = new CopyOnWriteArrayList<>();
    private final ConflictPolicy policy;

    Stage(ConflictPolicy policy) throws IOException {
        this.policy = policy;
        Files.createDirectory(out);
        Files.writeString(out.resolve(OLD), OLD);
        Files.write(out.resolve(SAME), Contents.of(SAME, SAME_BYTES));
        Files.createSymbolicLink(out.resolve(WAY_OUT), OUTSIDE);
    }

    /** Nobody else is here. */
    private record FreePlace(Liveliness liveliness) implements Entrance.Place {
        FreePlace() {
            this(new Liveliness());
        }

        @Override
        public void close() {}
    }

    Path out() {
        return out;
    }

    ConflictPolicy policy() {
        return policy;
    }

    List<TransferEvent> events() {
        return events;
    }

    /** Serves the peer to the end. */
    Optional<ExitStatus> serve(DeafPeer peer) throws Exception {
        StorageOptions options =
                new StorageOptions(policy, SyncPolicy.NO_FSYNC, OptionalLong.of(1 << 20), OptionalLong.of(4 << 20));
        Optional<ExitStatus> status;
        try (ReceiveFolder folder = ReceiveFolder.open(out, options)) {
            Access access = Access.ofAnybodyInPlain(new PacedNotices(events::add, System::nanoTime));
            ReceiveServices services =
                    new ReceiveServices(folder, DISK, BUFFERS, END, 1 << 20, 4 << 20, "fuzzed", events::add, access);
            ReceiveSession.Patience patience = new ReceiveSession.Patience(END, END, END);
            status = new ReceiveSession(peer, services, _ -> new FreePlace(), patience)
                    .run()
                    .map(TransferEnd::status);
            peer.close();
            awaitSettled();
        }
        require(FAULTS.isEmpty(), () -> "broke on the disk's threads: " + FAULTS);
        awaitBuffers();
        requireNothingLeftBut(KEPT);
        String outside = snapshot(OUTSIDE);
        require(outside.equals(OUTSIDE_BEFORE), () -> "outside has changed: " + outside);
        return status;
    }

    private void requireNothingLeftBut(Set<String> kept) throws IOException {
        Path staging = out.resolve(".ferry");
        if (!Files.exists(staging, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(staging, 2)) {
            List<Path> left = all.filter(path -> staging.relativize(path).getNameCount() == 2)
                    .filter(path -> !kept.contains(path.getFileName().toString()))
                    .toList();
            require(left.isEmpty(), () -> "left in staging: " + left);
        }
    }

    /** What came for files that have ended already is dropped soon after the session, which does not wait for it. */
    private static void awaitBuffers() throws InterruptedException {
        long end = System.nanoTime() + END.toNanos();
        while (BUFFERS.lentBytes() > 0 && System.nanoTime() - end < 0) {
            TimeUnit.MICROSECONDS.sleep(100);
        }
        require(BUFFERS.lentBytes() == 0, () -> BUFFERS.lentBytes() + " bytes of buffers were not given back");
    }

    /** The thread that settles is the only one that a session starts and does not wait for. */
    private static void awaitSettled() throws InterruptedException {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        Thread[] threads = new Thread[64];
        int count = group.enumerate(threads);
        for (int i = 0; i < count; i++) {
            if (threads[i].getName().equals("settle")) {
                require(threads[i].join(END), () -> "the thread that settles does not end");
            }
        }
    }

    void clear() throws IOException {
        remove(out);
    }

    private static Path base() {
        try {
            Path base = Files.createTempDirectory("ferry-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> removeQuietly(base)));
            Path outside = Files.createDirectory(base.resolve("outside"));
            Files.writeString(outside.resolve("secret"), SECRET);
            return base;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String snapshot(Path folder) {
        StringBuilder snapshot = new StringBuilder();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.sorted()::iterator) {
                snapshot.append(path)
                        .append(' ')
                        .append(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .append(' ')
                        .append(Files.getLastModifiedTime(path))
                        .append(Files.isDirectory(path) ? "" : Files.readString(path, StandardCharsets.ISO_8859_1))
                        .append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return snapshot.toString();
    }

    private static void removeQuietly(Path folder) {
        try {
            remove(folder);
        } catch (IOException e) {
            // It is a folder for temporary files.
        }
    }

    private static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                // The sender may have chosen a mode that lets nobody in.
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
