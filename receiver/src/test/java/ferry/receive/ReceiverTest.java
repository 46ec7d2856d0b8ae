package ferry.receive;

import static ferry.receive.RawFrames.frames;
import static ferry.receive.RawFrames.framesUntil;
import static ferry.receive.RawFrames.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.io.ByteArrayOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a receiver listens, and whom it serves there. */
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
        try (RunningReceiver receiver =
                RunningReceiver.start(RunningReceiver.request(out(), ConflictPolicy.RENAME, Lifetime.ONE_TRANSFER))) {
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

    private Path out() {
        return dir.resolve("out");
    }

    private Destination folder() {
        return new Destination.Folder(out(), ConflictPolicy.RENAME, SyncPolicy.FSYNC, false, StagingOptions.DEFAULT);
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
}
