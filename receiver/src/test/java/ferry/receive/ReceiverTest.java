package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Crc32c;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import ferry.receive.ReceiveRequest.Destination;
import ferry.receive.ReceiveRequest.Lifetime;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.OwnerId;
import ferry.wire.Side;
import ferry.wire.TransferId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiverTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path dir;

    @Test
    void tellsWhereItListensAndWhatToTypeElsewhere() throws Exception {
        Path socket = dir.resolve("ferry.sock");
        ReceiveRequest request =
                listeningOn(new Endpoint.Tcp("127.0.0.1", 0), new Endpoint.Tcp("::1", 0), new Endpoint.Unix(socket));
        try (RunningReceiver receiver = RunningReceiver.start(request)) {
            List<TransferEvent.Listening> listening = receiver.events().of(TransferEvent.Listening.class);
            int four = listening.get(0).port().orElseThrow();
            int six = listening.get(1).port().orElseThrow();
            assertThat(listening)
                    .extracting(TransferEvent.Listening::sendLine)
                    .containsExactly(
                            "send --plain FILE... 127.0.0.1:" + four,
                            "send --plain FILE... [::1]:" + six,
                            "send --plain FILE... unix:" + socket);
            assertThat(four).isPositive();
            assertThat(listening.get(2).port()).isEmpty();
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void receivesOverAUnixSocket() throws Exception {
        Path socket = dir.resolve("ferry.sock");
        try (RunningReceiver receiver = RunningReceiver.start(listeningOn(new Endpoint.Unix(socket)));
                SocketChannel sender = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            sender.connect(UnixDomainSocketAddress.of(socket));
            sender.write(ByteBuffer.wrap(frames(hello(), new Frame.Done(0))));
            assertThat(framesUntil(Frame.Finished.class, Channels.newInputStream(sender)))
                    .endsWith(new Frame.Finished(0, 0, 0));
            assertThat(receiver.events().only(TransferEvent.Started.class).peer())
                    .isEqualTo("unix:" + socket);
        }
    }

    /** A sender that dies there cannot be told from one that has sent everything. */
    @Test
    void takesNoClassicFileOverAUnixSocket() throws Exception {
        Path socket = dir.resolve("ferry.sock");
        try (RunningReceiver receiver = RunningReceiver.start(listeningOn(new Endpoint.Unix(socket)));
                SocketChannel sender = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            sender.connect(UnixDomainSocketAddress.of(socket));
            sender.write(ByteBuffer.wrap("a.txt\ncontent".getBytes(StandardCharsets.UTF_8)));
            sender.shutdownOutput();
            assertThat(Channels.newInputStream(sender).readAllBytes())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("error: receiver: it takes no classic transfers over a Unix socket, "
                            + "where a lost one looks like a whole one\n");
            assertThat(receiver.events().of(TransferEvent.Started.class)).isEmpty();
        }
        assertThat(TestDisk.tree(out())).isEmpty();
    }

    @Test
    void servesTheFerryProtocolOnTheSamePort() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            try (ScriptedSender sender = receiver.connect()) {
                sender.send(frames(hello(), new Frame.Done(0)));
                assertThat(framesUntil(Frame.Finished.class, sender.in()))
                        .hasAtLeastOneElementOfType(Frame.Welcome.class)
                        .endsWith(new Frame.Finished(0, 0, 0));
                sender.end().expectEnd();
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @ParameterizedTest
    @CsvSource({"PT0.5S, PT1S", "PT7S, PT7S", "PT2H, PT1H"})
    void statesItsTimeoutAsTheProtocolAllows(Duration timeout, Duration stated) throws Exception {
        ReceiveRequest request = new ReceiveRequest(
                folder(),
                List.of(anyPort()),
                Lifetime.UNTIL_STOPPED,
                AcceptOptions.DEFAULT,
                OptionalLong.empty(),
                timeout,
                LONG);
        try (RunningReceiver receiver = RunningReceiver.start(request);
                ScriptedSender sender = receiver.connect()) {
            sender.send(frames(hello()));
            assertThat(framesUntil(Frame.Welcome.class, sender.in()))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Frame.Welcome.class,
                            welcome -> assertThat(welcome.silenceLimit()).isEqualTo(stated));
        }
    }

    @Test
    void endsAfterOneTransferWithItsStatus() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            try (ScriptedSender sender = receiver.connect()) {
                sender.send("a.txt\ncontent").end();
                assertThat(sender.readAll()).isEqualTo("ok");
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("a.txt", "content"));
        assertThat(out().resolve(".ferry")).doesNotExist();
    }

    @Test
    void endsWithTheStatusOfATransferThatFailed() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once());
                ScriptedSender sender = receiver.connect()) {
            sender.send("a.txt\n").expect("ok").reset();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.NETWORK);
        }
    }

    @Test
    void countsNeitherScansNorRefusedPeers() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            receiver.connect().close();
            receiver.connect().reset();
            for (String scan : List.of("\u0016\u0003\u0001", "GET / HTTP/1.1\r\n\r\n", "\0not Ferry")) {
                try (ScriptedSender sender = receiver.connect()) {
                    sender.send(scan).expectEnd();
                }
            }
            assertThat(receiver.hasEnded()).isFalse();
            try (ScriptedSender sender = receiver.connect()) {
                sender.send("a.txt\ncontent").end().expect("ok");
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void refusesASecondTransferWhileTheOnlyOneRuns() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once());
                ScriptedSender first = receiver.connect()) {
            first.send("a.txt\n").expect("ok");
            try (ScriptedSender second = receiver.connect()) {
                second.send("b.txt\n").end();
                assertThat(second.readAll())
                        .isEqualTo("error: receiver: it takes a single transfer, which has begun\n");
            }
            try (ScriptedSender third = receiver.connect()) {
                third.send(frames(hello())).end();
                assertThat(framesUntil(Frame.Abort.class, third.in()))
                        .singleElement()
                        .isInstanceOfSatisfying(
                                Frame.Abort.class,
                                abort -> assertThat(abort.reason().code()).isEqualTo(ErrorCode.BUSY));
            }
            first.send("content").end();
            assertThat(first.readAll()).isEmpty();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("a.txt", "content"));
    }

    @Test
    void isInterruptedIfItsOnlyTransferNeverCame() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            receiver.stop(ExitStatus.INTERRUPTED);
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.INTERRUPTED);
        }
    }

    @Test
    void letsRunningTransfersFinishWhenItIsStopped() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.into(out());
                ScriptedSender running = receiver.connect();
                ScriptedSender idle = receiver.connect()) {
            running.send("a.txt\n").expect("ok");
            receiver.stop(ExitStatus.TERMINATED);
            idle.expectReset();
            assertThatThrownBy(receiver::connect).isInstanceOf(IOException.class);
            assertThat(receiver.hasEnded()).isFalse();
            running.send("content").end();
            assertThat(running.readAll()).isEmpty();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
            assertThat(receiver.events().only(TransferEvent.Notice.class).text())
                    .startsWith("stopping; up to 20 s for 1 running transfer");
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("a.txt", "content"));
    }

    @Test
    void abortsTransfersThatTakeLongerThanTheGraceTime() throws Exception {
        ReceiveRequest request = new ReceiveRequest(
                folder(),
                List.of(new Endpoint.Tcp("127.0.0.1", 0)),
                Lifetime.UNTIL_STOPPED,
                AcceptOptions.DEFAULT,
                OptionalLong.empty(),
                LONG,
                Duration.ofMillis(200));
        try (RunningReceiver receiver = RunningReceiver.start(request);
                ScriptedSender busy = receiver.connect();
                ScriptedSender stalled = receiver.connect()) {
            stalled.send("stalled.txt\n").expect("ok");
            busy.send("busy.txt\n").expect("ok");
            receiver.stop(ExitStatus.TERMINATED);
            assertThat(busy.sendUntilAnswered())
                    .isEqualTo("error: receiver: it was stopped before the transfer was complete\n");
            stalled.expectReset();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.TERMINATED);
            assertThat(receiver.events().of(TransferEvent.Finished.class))
                    .hasSize(2)
                    .allMatch(finished -> finished.status() == ExitStatus.NETWORK);
            assertThat(receiver.events().of(TransferEvent.Stopped.class))
                    .hasSize(2)
                    .allMatch(stopped -> stopped.code() == ErrorCode.SHUTTING_DOWN);
        }
        assertThat(TestDisk.tree(out())).isEmpty();
    }

    @Test
    void refusesWhoComesWhenAllPlacesAreTakenByTransfersThatGetOn() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(withOnePlace())) {
            try (ScriptedSender first = receiver.connect();
                    ScriptedSender classic = receiver.connect();
                    ScriptedSender ferry = receiver.connect()) {
                first.send("a.txt\n").expect("ok");
                classic.send("b.txt\n").end();
                ferry.send(frames(hello())).end();
                while (classic.in().available() == 0) {
                    first.send(new byte[Liveliness.TRICKLE_BYTES]);
                    LockSupport.parkNanos(100_000_000);
                }
                assertThat(classic.readAll()).startsWith("error: receiver: it serves as many");
                assertThat(framesUntil(Frame.Abort.class, ferry.in()))
                        .singleElement()
                        .isInstanceOfSatisfying(
                                Frame.Abort.class,
                                abort -> assertThat(abort.reason().code()).isEqualTo(ErrorCode.BUSY));
                assertThat(receiver.events().of(TransferEvent.Warning.class)).hasSize(1);
                first.end();
                assertThat(first.readAll()).isEmpty();
            }
            try (ScriptedSender later = receiver.connect()) {
                later.send("c.txt\ncontent").end();
                assertThat(later.readAll()).isEqualTo("ok");
            }
        }
        assertThat(TestDisk.tree(out())).containsOnlyKeys("a.txt", "c.txt");
    }

    @Test
    void aTransferThatHardlyMovesGivesItsPlaceToWhoComes() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(withOnePlace());
                ScriptedSender first = receiver.connect();
                ScriptedSender second = receiver.connect()) {
            first.send(frames(hello()));
            framesUntil(Frame.Welcome.class, first.in());
            second.send("b.txt\ncontent").end();
            assertThat(framesUntil(Frame.Abort.class, first.in()))
                    .last()
                    .isInstanceOfSatisfying(
                            Frame.Abort.class,
                            abort -> assertThat(abort.reason().code()).isEqualTo(ErrorCode.BUSY));
            assertThat(second.readAll()).isEqualTo("ok");
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("b.txt", "content"));
    }

    private ReceiveRequest withOnePlace() {
        return new ReceiveRequest(
                folder(),
                List.of(anyPort()),
                Lifetime.UNTIL_STOPPED,
                new AcceptOptions(100, 1, 1),
                OptionalLong.empty(),
                LONG,
                LONG);
    }

    @Test
    void writesOneFileAndNothingElseToStandardOutput() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (RunningReceiver receiver = RunningReceiver.onto(output)) {
            try (ScriptedSender sender = receiver.connect()) {
                sender.send("a.txt\ncontent").end();
                assertThat(sender.readAll()).isEqualTo("ok");
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(output).hasToString("content");
    }

    @Test
    void givesAReceiptWithoutAPathForWhatItWroteToStandardOutput() throws Exception {
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        int crc = Crc32c.of(ByteBuffer.wrap(content));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (RunningReceiver receiver = RunningReceiver.onto(output)) {
            try (ScriptedSender sender = receiver.connect()) {
                FrameWriter writer =
                        new FrameWriter(Channels.newChannel(sender.out()), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
                writer.writePreface();
                writer.write(hello());
                writer.write(Frame.Offer.of(0, TestDisk.file("a.txt", content.length)));
                writer.writeData(0, 0, crc, ByteBuffer.wrap(content));
                writer.write(new Frame.End(0, content.length, crc));
                writer.write(new Frame.Done(1));
                writer.flush();
                assertThat(framesUntil(Frame.Finished.class, sender.in()))
                        .contains(new Frame.Receipt(
                                0, EntryKind.FILE, Outcome.PLACED, Durability.STREAMED, content.length, crc, ""));
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(output).hasToString("content");
    }

    @Test
    void endsWithAnErrorIfNobodyReadsStandardOutput() throws Exception {
        ReceiveRequest request = request(new Destination.StandardOutput(), Lifetime.ONE_TRANSFER, anyPort());
        try (RunningReceiver receiver = RunningReceiver.start(request, new BrokenPipe());
                ScriptedSender sender = receiver.connect()) {
            sender.send("a.txt\n").expect("ok");
            assertThat(sender.sendUntilAnswered())
                    .isEqualTo("error: a.txt: the receiver's standard output cannot be written: Broken pipe\n");
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.REFUSED);
        }
    }

    @Test
    @Timeout(40)
    void endsAfterTheGraceTimeThoughNobodyReadsStandardOutput() throws Exception {
        ReceiveRequest request = new ReceiveRequest(
                new Destination.StandardOutput(),
                List.of(anyPort()),
                Lifetime.ONE_TRANSFER,
                AcceptOptions.DEFAULT,
                OptionalLong.empty(),
                LONG,
                Duration.ofMillis(100));
        StuckPipe stuck = new StuckPipe();
        try (RunningReceiver receiver = RunningReceiver.start(request, stuck);
                ScriptedSender sender = receiver.connect()) {
            sender.send("a.txt\n").expect("ok").send("content");
            stuck.entered.await();
            receiver.stop(ExitStatus.TERMINATED);
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.TERMINATED);
        } finally {
            stuck.release.countDown();
        }
    }

    @Test
    void endsWithTheStatusOfAClassicFileThatWasRefused() throws Exception {
        Files.createDirectories(out().resolve("d"));
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            try (ScriptedSender sender = receiver.connect()) {
                sender.send("d\ncontent").end();
                assertThat(sender.readAll()).startsWith("error: d: ");
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.REFUSED);
        }
    }

    @Test
    void cannotListenWhereSomebodyDoes() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.into(out())) {
            assertFails(listeningOn(receiver.endpoint()), ErrorCode.LISTEN_FAILED);
        }
    }

    @Test
    void cannotReceiveIntoAFile() throws Exception {
        Files.writeString(out(), "a file");
        assertFails(request(folder(), Lifetime.UNTIL_STOPPED, anyPort()), ErrorCode.DESTINATION_UNUSABLE);
    }

    /** Whoever read from it has gone. */
    private static final class BrokenPipe implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            throw new IOException("Broken pipe");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** Whoever could read from it does not. */
    private static final class StuckPipe implements WritableByteChannel {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            entered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("Broken pipe");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private Path out() {
        return dir.resolve("out");
    }

    private Destination folder() {
        return new Destination.Folder(out(), ConflictPolicy.RENAME, SyncPolicy.FSYNC, false);
    }

    private ReceiveRequest once() {
        return request(folder(), Lifetime.ONE_TRANSFER, anyPort());
    }

    private ReceiveRequest listeningOn(Endpoint... endpoints) {
        return request(folder(), Lifetime.UNTIL_STOPPED, endpoints);
    }

    private static Endpoint anyPort() {
        return new Endpoint.Tcp("127.0.0.1", 0);
    }

    private static ReceiveRequest request(Destination destination, Lifetime lifetime, Endpoint... endpoints) {
        return new ReceiveRequest(
                destination, List.of(endpoints), lifetime, AcceptOptions.DEFAULT, OptionalLong.empty(), LONG, LONG);
    }

    private static void assertFails(ReceiveRequest request, ErrorCode code) {
        Receiver receiver = new Receiver(
                request,
                PreparedAccess.ofAnybodyInPlain(TransferListener.NONE),
                Channels.newChannel(new ByteArrayOutputStream()),
                TransferListener.NONE);
        assertThatThrownBy(receiver::run)
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Frame hello() {
        return new Frame.Hello(1, 1, 0, TransferId.random(), OwnerId.NONE, LONG, "test");
    }

    /** What a sender of the Ferry protocol writes: the preface and these frames. */
    private static byte[] frames(Frame... frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(Channels.newChannel(bytes), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        writer.writePreface();
        for (Frame frame : frames) {
            writer.write(frame);
        }
        writer.flush();
        return bytes.toByteArray();
    }

    /** What a receiver of the Ferry protocol writes up to a frame of this kind, but for keep-alives. */
    private static List<Frame> framesUntil(Class<? extends Frame> last, InputStream in)
            throws IOException, TransferException {
        FrameReader reader = new FrameReader(Channels.newChannel(in), Side.RECEIVER, FrameTrace.OFF);
        List<Frame> frames = new ArrayList<>();
        Frame frame;
        do {
            frame = reader.next();
            if (!(frame instanceof Frame.KeepAlive)) {
                frames.add(frame);
            }
        } while (!last.isInstance(frame));
        return frames;
    }
}
