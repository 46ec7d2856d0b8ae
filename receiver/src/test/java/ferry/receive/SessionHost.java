package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.RelativePath;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.net.BufferPool;
import ferry.net.Connection;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a receiver's sessions on loopback connections, without the program around them. When it is closed, it demands that every
 * session has ended, that none has kept a buffer or left anything in staging, and that nothing broke on the disk's threads.
 */
final class SessionHost implements AutoCloseable {
    private static final long END_SECONDS = 15;

    /** What is kept of transfers that broke. */
    private static final Set<String> OUTLIVING = Set.of("partial", "marks", "trees");

    private final ServerSocketChannel server;
    private final List<Throwable> faults = new CopyOnWriteArrayList<>();
    private final DiskPool disk = DiskPool.open(4, (thread, fault) -> faults.add(fault));
    private final BufferPool buffers = new BufferPool(8 << 20);
    private final List<TransferEvent> events = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Optional<ExitStatus>>> sessions = new ArrayList<>();
    private final ReceiveServices services;
    private final @Nullable ReceiveFolder folder;
    private ReceiveSession.Patience patience = ReceiveSession.Patience.DEFAULT;

    private SessionHost(InboxFactory inboxes, @Nullable ReceiveFolder folder, Duration timeout) throws IOException {
        this.server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        this.folder = folder;
        this.services = new ReceiveServices(
                inboxes,
                disk,
                buffers,
                timeout,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                "test",
                events::add,
                Access.ofAnybodyInPlain(new PacedNotices(events::add, System::nanoTime)));
    }

    /** Sessions that receive into a folder. */
    static SessionHost into(Path out) throws IOException, TransferException {
        return into(out, StorageOptions.DEFAULT, Duration.ofSeconds(20));
    }

    static SessionHost into(Path out, StorageOptions options, Duration timeout) throws IOException, TransferException {
        ReceiveFolder folder = ReceiveFolder.open(out, options);
        return new SessionHost(folder, folder, timeout);
    }

    static SessionHost into(Path out, StorageOptions options, StagingOptions staging)
            throws IOException, TransferException {
        ReceiveFolder folder = ReceiveFolder.open(out, options, staging);
        return new SessionHost(folder, folder, Duration.ofSeconds(20));
    }

    /** Sessions with a disk of the test's own. */
    static SessionHost with(InboxFactory inboxes) throws IOException {
        return new SessionHost(inboxes, null, Duration.ofSeconds(20));
    }

    SessionHost patient(ReceiveSession.Patience limits) {
        patience = limits;
        return this;
    }

    /** A sender that has said nothing yet, and the session that serves it. */
    ScriptedFerrySender connect() throws IOException {
        SocketChannel near = SocketChannel.open();
        // Little, so that a sender that does not read is soon felt.
        near.setOption(StandardSocketOptions.SO_RCVBUF, 64 * 1024);
        near.connect(server.getLocalAddress());
        Connection connection = Connection.over(server.accept());
        ReceiveSession session = new ReceiveSession(connection, services, _ -> new FreePlace(), patience);
        CompletableFuture<Optional<ExitStatus>> end = new CompletableFuture<>();
        sessions.add(end);
        Thread.ofVirtual().name("session").start(() -> serve(connection, session, end));
        return new ScriptedFerrySender(near, session, end);
    }

    private static void serve(
            Connection connection, ReceiveSession session, CompletableFuture<Optional<ExitStatus>> end) {
        try (connection) {
            end.complete(session.run().map(TransferEnd::status));
        } catch (IOException | RuntimeException | Error e) {
            end.completeExceptionally(e);
        }
    }

    /** A sender that has been welcomed, and for whom nothing is kept. */
    ScriptedFerrySender welcome() throws Exception {
        return welcome(OwnerId.NONE);
    }

    ScriptedFerrySender welcome(OwnerId owner) throws Exception {
        ScriptedFerrySender sender = connect().hello(owner);
        sender.hear(Frame.Welcome.class);
        return sender;
    }

    /** A sender that has been welcomed, and whose tree is to appear at once. */
    ScriptedFerrySender welcomeAtomic(OwnerId owner) throws Exception {
        ScriptedFerrySender sender = connect().helloAtomic(owner);
        assertThat(sender.hear(Frame.Welcome.class).features()).isEqualTo(Features.ATOMIC);
        return sender;
    }

    /** A sender that has been welcomed, and may compress. */
    ScriptedFerrySender welcomeZstd() throws Exception {
        ScriptedFerrySender sender = connect().hello(Features.ZSTD);
        assertThat(sender.hear(Frame.Welcome.class).features()).isEqualTo(Features.ZSTD);
        return sender;
    }

    <T extends TransferEvent> List<T> events(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Bytes of buffers that sessions hold now. */
    long lentBytes() {
        return buffers.lentBytes();
    }

    /** What running transfers have in staging, the file lists included. */
    static List<Path> inStaging(Path out) throws IOException {
        Path staging = out.resolve(RelativePath.RESERVED);
        if (!Files.exists(staging)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(staging)) {
            return paths.filter(path -> staging.relativize(path).getNameCount() > 2
                            || path.getFileName().toString().startsWith("file-"))
                    .filter(path -> !OUTLIVING.contains(
                            staging.relativize(path).getName(1).toString()))
                    .toList();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        CompletableFuture.allOf(sessions.toArray(CompletableFuture<?>[]::new))
                .orTimeout(END_SECONDS, TimeUnit.SECONDS)
                .join();
        disk.close();
        assertThat(faults).as("what broke on the disk's threads").isEmpty();
        assertThat(buffers.lentBytes()).as("bytes that were not given back").isZero();
        assertPaired();
        if (folder != null) {
            assertThat(inStaging(folder.root())).as("left in staging").isEmpty();
            folder.close();
        }
    }

    /** The listener's contract: each transfer begins once and ends once. */
    private void assertPaired() {
        List<String> begun = events(TransferEvent.Started.class).stream()
                .map(TransferEvent.Started::transfer)
                .sorted()
                .toList();
        List<String> ended = events(TransferEvent.Finished.class).stream()
                .map(TransferEvent.Finished::transfer)
                .sorted()
                .toList();
        assertThat(ended).as("transfers that ended").isEqualTo(begun);
    }
}
