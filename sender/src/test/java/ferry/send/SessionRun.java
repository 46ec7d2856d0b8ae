package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.Placing;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Direction;
import ferry.event.Protocol;
import ferry.event.TransferReport;
import ferry.net.Connection;
import ferry.net.Endpoint;
import ferry.net.RateLimiter;
import ferry.wire.OwnerId;
import ferry.wire.TransferId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A sender's session that runs against a scripted receiver, without the program around it. For the test's thread. */
final class SessionRun implements AutoCloseable {
    private static final long END_SECONDS = 15;
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ScanQueue entries = new ScanQueue();
    private final Leftovers leftovers = new Leftovers();
    private final Events events = new Events();
    private final TransferId id = TransferId.random();
    private final TransferReport report =
            new TransferReport(id.toString(), "receiver", Protocol.FERRY, Direction.OUTGOING, events);
    private final CompletableFuture<TransferSession.Ending> end = new CompletableFuture<>();
    private final ScriptedFerryReceiver receiver;
    private final TransferSession session;
    private final Connection connection;
    private final ServerSocketChannel server;

    /** What differs from test to test. */
    private record Setup(
            Transport transport,
            Duration timeout,
            OptionalLong bytesPerSecond,
            Optional<CodeExchange.Factory> code,
            Streams streams,
            Placing placing,
            Compression compression) {
        Setup(
                Transport transport,
                Duration timeout,
                OptionalLong bytesPerSecond,
                Optional<CodeExchange.Factory> code,
                Streams streams,
                Placing placing) {
            this(transport, timeout, bytesPerSecond, code, streams, placing, Compression.NONE);
        }

        Setup(
                Transport transport,
                Duration timeout,
                OptionalLong bytesPerSecond,
                Optional<CodeExchange.Factory> code,
                Streams streams) {
            this(transport, timeout, bytesPerSecond, code, streams, Placing.ONE_BY_ONE);
        }

        static Setup of(Transport transport, Duration timeout) {
            return new Setup(transport, timeout, OptionalLong.empty(), Optional.empty(), Streams.ONE);
        }
    }

    private SessionRun(Setup setup) throws Exception {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Connection near = Connection.over(SocketChannel.open(server.getLocalAddress()));
        Connection far = Connection.over(server.accept());
        CompletableFuture<Connection> secured = CompletableFuture.supplyAsync(() -> receiving(setup.transport(), far));
        connection = setup.transport().sender(near);
        receiver = new ScriptedFerryReceiver(secured.get(END_SECONDS, TimeUnit.SECONDS));
        SendRequest plain = Requests.ferry(new Endpoint.Tcp("127.0.0.1", 1), setup.timeout(), Path.of("any"));
        SendRequest request = Requests.compressing(Requests.streaming(plain, setup.streams()), setup.compression());
        Transfer transfer = new Transfer(
                id,
                OwnerId.NONE,
                switch (setup.placing()) {
                    case ONE_BY_ONE -> request;
                    case ALL_AT_ONCE -> Requests.atomic(request);
                },
                setup.code(),
                entries,
                leftovers,
                new SourceRemoval(report, events),
                RateLimiter.of(setup.bytesPerSecond()),
                report,
                events,
                first -> connectFurther());
        session = SendSession.over(connection, transfer);
        report.started(Optional.empty());
    }

    private static Connection receiving(Transport transport, Connection raw) {
        try {
            return transport.receiver(raw);
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }

    static SessionRun start() throws Exception {
        return start(Transport.PLAIN);
    }

    static SessionRun start(Transport transport) throws Exception {
        return start(transport, LONG);
    }

    /** @param timeout how long the receiver may be silent */
    static SessionRun start(Duration timeout) throws Exception {
        return start(Transport.PLAIN, timeout);
    }

    /** @param timeout how long the receiver may be silent */
    static SessionRun start(Transport transport, Duration timeout) throws Exception {
        return started(new SessionRun(Setup.of(transport, timeout)));
    }

    /** As with {@code --limit}. */
    static SessionRun limited(long bytesPerSecond) throws Exception {
        return started(new SessionRun(
                new Setup(Transport.PLAIN, LONG, OptionalLong.of(bytesPerSecond), Optional.empty(), Streams.ONE)));
    }

    /** As with {@code --atomic}. */
    static SessionRun atomic() throws Exception {
        return started(new SessionRun(new Setup(
                Transport.PLAIN, LONG, OptionalLong.empty(), Optional.empty(), Streams.ONE, Placing.ALL_AT_ONCE)));
    }

    /** With a code to prove. */
    static SessionRun proving(CodeExchange.Factory code) throws Exception {
        return proving(LONG, code);
    }

    /** @param timeout how long the receiver may be silent */
    static SessionRun proving(Duration timeout, CodeExchange.Factory code) throws Exception {
        return started(new SessionRun(
                new Setup(Transport.PLAIN, timeout, OptionalLong.empty(), Optional.of(code), Streams.ONE)));
    }

    /** With so many streams. */
    static SessionRun streaming(int streams) throws Exception {
        return started(new SessionRun(
                new Setup(Transport.PLAIN, LONG, OptionalLong.empty(), Optional.empty(), new Streams.Fixed(streams))));
    }

    /** The same, as with {@code --limit}. */
    static SessionRun streaming(int streams, long bytesPerSecond) throws Exception {
        return started(new SessionRun(new Setup(
                Transport.PLAIN, LONG, OptionalLong.of(bytesPerSecond), Optional.empty(), new Streams.Fixed(streams))));
    }

    /** As with {@code --compress}. */
    static SessionRun compressing(Compression compression) throws Exception {
        return compressing(compression, Streams.ONE);
    }

    /** The same over so many streams. */
    static SessionRun compressing(Compression compression, Streams streams) throws Exception {
        return started(new SessionRun(new Setup(
                Transport.PLAIN,
                LONG,
                OptionalLong.empty(),
                Optional.empty(),
                streams,
                Placing.ONE_BY_ONE,
                compression)));
    }

    private Connection connectFurther() throws TransferException {
        try {
            return Connection.over(SocketChannel.open(server.getLocalAddress()));
        } catch (IOException e) {
            throw new TransferException(ErrorCode.CONNECT_FAILED, "receiver", e.toString(), e);
        }
    }

    /** The receiver's end of the next further stream, which has said nothing yet. */
    ScriptedFerryReceiver further() throws IOException {
        return new ScriptedFerryReceiver(Connection.over(server.accept()));
    }

    private static SessionRun started(SessionRun run) {
        Thread.ofPlatform().name("stream").daemon().start(run::run);
        return run;
    }

    private void run() {
        try {
            end.complete(session.run());
        } catch (TransferException | InterruptedException | RuntimeException | Error e) {
            end.completeExceptionally(e);
        } finally {
            closeConnection();
        }
    }

    private void closeConnection() {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ScriptedFerryReceiver receiver() {
        return receiver;
    }

    TransferReport report() {
        return report;
    }

    Events events() {
        return events;
    }

    /** The scan finds these. */
    SessionRun finds(SourceEntry... found) {
        for (SourceEntry entry : found) {
            report.progress().found(entry.entry());
            entries.put(entry);
        }
        return this;
    }

    /** The scan finds these and no more. */
    SessionRun findsOnly(SourceEntry... found) {
        finds(found);
        entries.finish();
        return this;
    }

    /** The scan has met something that cannot be sent. */
    SessionRun fails(String path, ErrorCode code) {
        report.failedBeforeOffer(path, code, "as the test wants it");
        entries.spoil(WholeTree.failure(path, code));
        return this;
    }

    void cancel() {
        session.cancel(ErrorCode.INTERRUPTED);
    }

    /** What comes next of those that the session has put back. */
    List<SourceEntry> putBack() throws Exception {
        List<SourceEntry> all = new ArrayList<>();
        entries.finish();
        for (Optional<ToOffer> left = leftovers.next(); left.isPresent(); left = leftovers.next()) {
            all.add(left.get().source());
        }
        while (entries.take() instanceof ScanSource.Next.Found(SourceEntry entry)) {
            all.add(entry);
        }
        return all;
    }

    TransferSession.Ending ending() throws Exception {
        return end.get(END_SECONDS, TimeUnit.SECONDS);
    }

    void assertComplete() throws Exception {
        assertThat(ending()).isInstanceOf(TransferSession.Ending.Complete.class);
    }

    /** The session must fail with this code, for good or not. */
    TransferException failure(ErrorCode code) throws Exception {
        try {
            if (ending() instanceof TransferSession.Ending.Broken(TransferException cause, TransferSession.Contact _)) {
                assertThat(cause.code()).as(cause.getMessage()).isEqualTo(code);
                return cause;
            }
            throw new AssertionError("ended with " + ending());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TransferException failure)) {
                throw new AssertionError("broke", e);
            }
            assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
            return failure;
        }
    }

    static SourceEntry.LocalFile file(Path path) throws Exception {
        return SourceEntry.LocalFile.of(RelativePath.parse(name(path)), path, FileStamp.look(path));
    }

    static SourceEntry directory(String name) throws Exception {
        return new SourceEntry.WithoutContent(
                new Entry.Directory(RelativePath.parse(name), Attributes.NONE), Path.of(name));
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    @Override
    public void close() throws IOException {
        server.close();
        entries.close();
        receiver.close();
        end.handle((ending, failure) -> true)
                .orTimeout(END_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
