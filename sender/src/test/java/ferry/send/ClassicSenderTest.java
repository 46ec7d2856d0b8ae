package ferry.send;

import static ferry.send.ScriptedReceiver.expect;
import static ferry.send.ScriptedReceiver.expectReset;
import static ferry.send.ScriptedReceiver.reset;
import static ferry.send.ScriptedReceiver.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.Protocol;
import ferry.event.TransferEvent;
import ferry.event.Verification;
import ferry.net.Endpoint;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicSenderTest {
    /** More than all buffers between two sockets hold. */
    private static final int LARGE = 64 << 20;

    /** As a student would write it. */
    private static final String PYTHON_RECEIVER = """
            import socket, sys
            listener = socket.create_server(('127.0.0.1', 0))
            print(listener.getsockname()[1], flush=True)
            connection, _ = listener.accept()
            name = connection.recv(1024).decode()
            connection.sendall(b'ok')
            with open('got-' + name, 'wb') as out:
                while True:
                    data = connection.recv(65536)
                    if not data:
                        break
                    out.write(data)
            connection.close()
            """;

    @TempDir
    private Path dir;

    private final Events events = new Events();
    private Path file;

    @BeforeEach
    void makeFile() throws Exception {
        file = Files.writeString(dir.resolve("größe.txt"), "content");
    }

    @Test
    void sendsTheNameAndAfterOkTheContent() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, "ok");
            assertThat(sender.getInputStream().readAllBytes())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("content");
        })) {
            assertThat(send(receiver)).isEqualTo(ExitStatus.DONE);
            receiver.awaitEnd();
        }
        TransferEvent.Completed completed = events.only(TransferEvent.Completed.class);
        assertThat(completed.verification()).isEqualTo(Verification.UNVERIFIED);
        assertThat(completed.size()).isEqualTo(7);
        assertThat(completed.crc32c()).hasValue(Crc32c.of(ByteBuffer.wrap("content".getBytes(StandardCharsets.UTF_8))));
        assertThat(events.only(TransferEvent.Started.class).protocol()).isEqualTo(Protocol.CLASSIC);
        assertThat(events.only(TransferEvent.Finished.class).totals().moved()).isEqualTo(7);
        assertThat(events.only(TransferEvent.Warning.class).text()).endsWith("so what arrives is unverified");
        assertThat(events.only(TransferEvent.Notice.class).text()).startsWith("not encrypted");
    }

    /** As {@code echo ok | nc -l} says it. */
    @Test
    void takesAnOkThatIsALine() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, "ok\n");
            sender.getInputStream().readAllBytes();
        })) {
            assertThat(send(receiver)).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void takesAnOkThatComesInTwoPieces() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            sender.setTcpNoDelay(true);
            expect(sender, "größe.txt");
            say(sender, "o");
            say(sender, "k");
            sender.getInputStream().readAllBytes();
        })) {
            assertThat(send(receiver)).isEqualTo(ExitStatus.DONE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"error: no space left\n", "error:no space left", "error: no space left\nand more\n"})
    void showsWhyTheReceiverRefuses(String answer) throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            for (int i = 0; i < answer.length(); i++) {
                say(sender, answer.substring(i, i + 1));
            }
            sender.shutdownOutput();
            expectReset(sender);
        })) {
            assertStopped(send(receiver), ErrorCode.REFUSED, receiver.endpoint() + ": refused: no space left");
            receiver.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\n\r\n", "o", "okay", "no"})
    void takesAnythingButOkForARefusal(String answer) throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, answer);
        })) {
            assertThat(send(receiver)).isEqualTo(ExitStatus.REFUSED);
            assertThat(events.only(TransferEvent.Stopped.class).text()).contains("expected, got '");
        }
    }

    @Test
    void failsIfTheReceiverClosesInsteadOfAnswering() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> expect(sender, "größe.txt"))) {
            assertStopped(
                    send(receiver),
                    ErrorCode.CONNECTION_LOST,
                    receiver.endpoint() + ": 'ok' expected, but the receiver closed");
        }
    }

    @Test
    void triesAgainWithinTheWaitIfNothingWasAnswered() throws Exception {
        try (ScriptedReceiver receiver =
                ScriptedReceiver.playing(ScriptedReceiver::reset, sender -> expect(sender, "größe.txt"), sender -> {
                    expect(sender, "größe.txt");
                    say(sender, "ok");
                    assertThat(sender.getInputStream().readAllBytes()).hasSize(7);
                })) {
            SendRequest request = Requests.waiting(Requests.classic(receiver.endpoint(), file));
            assertThat(sender(request).run()).isEqualTo(ExitStatus.DONE);
            receiver.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Started.class)).hasSize(1);
        assertThat(events.of(TransferEvent.Completed.class)).hasSize(1);
    }

    @Test
    void failsIfTheConnectionIsResetOnTheWay() throws Exception {
        makeLarge();
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, "ok");
            sender.getInputStream().readNBytes(100_000);
            reset(sender);
        })) {
            SendRequest request = Requests.waiting(Requests.classic(receiver.endpoint(), file));
            assertThat(sender(request).run()).isEqualTo(ExitStatus.NETWORK);
        }
        assertThat(events.of(TransferEvent.Completed.class)).isEmpty();
    }

    @Test
    void showsWhyTheReceiverGaveUpOnTheWay() throws Exception {
        makeLarge();
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, "ok");
            sender.getInputStream().readNBytes(100_000);
            say(sender, "error: no space left\n");
        })) {
            assertStopped(send(receiver), ErrorCode.REFUSED, receiver.endpoint() + ": refused: no space left");
        }
    }

    @Test
    void showsWhyTheReceiverCouldNotPlaceTheFile() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, "ok");
            sender.getInputStream().readAllBytes();
            say(sender, "error: fsync failed\n");
        })) {
            assertStopped(send(receiver), ErrorCode.REFUSED, receiver.endpoint() + ": refused: fsync failed");
        }
    }

    @Test
    void failsIfTheReceiverResetsInsteadOfClosing() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, "ok");
            sender.getInputStream().readAllBytes();
            reset(sender);
        })) {
            assertThat(send(receiver)).isEqualTo(ExitStatus.NETWORK);
        }
    }

    @Test
    void doesNotWaitForEverForOk() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> over.await())) {
            SendRequest request = Requests.classic(receiver.endpoint(), Duration.ofMillis(300), file);
            assertStopped(
                    sender(request).run(), ErrorCode.TIMEOUT, receiver.endpoint() + ": waited 300 ms in all for 'ok'");
            over.countDown();
        }
    }

    @Test
    void letsTheReceiverStoreInSilenceForLongerThanTheTimeout() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, "ok");
            sender.getInputStream().readAllBytes();
            assertThat(new CountDownLatch(1).await(900, TimeUnit.MILLISECONDS)).isFalse();
        })) {
            SendRequest request = Requests.classic(receiver.endpoint(), Duration.ofMillis(300), file);
            assertThat(sender(request).run()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void doesNotWaitForEverForTheClose() {
        assertThat(ClassicSender.closeLimit(Duration.ofSeconds(30))).isEqualTo(Duration.ofMinutes(10));
        assertThat(ClassicSender.closeLimit(Duration.ofHours(1))).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "conten", "content!", "CONTENT"})
    void neverEndsProperlyIfTheFileChangedWhileItWasSent(String changed) throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            Files.writeString(file, changed);
            say(sender, "ok");
            expectReset(sender);
        })) {
            assertThat(send(receiver)).isEqualTo(ExitStatus.LOCAL_FILE);
            receiver.awaitEnd();
        }
        assertThat(events.only(TransferEvent.Stopped.class).code()).isEqualTo(ErrorCode.SOURCE_CHANGED);
    }

    @Test
    void endsThoughTheFileGrowsAsFastAsItIsSent() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            Files.write(file, new byte[LARGE], StandardOpenOption.APPEND);
            say(sender, "ok");
            expectReset(sender);
        })) {
            assertThat(send(receiver)).isEqualTo(ExitStatus.LOCAL_FILE);
        }
        assertThat(events.only(TransferEvent.Finished.class).totals().moved()).isLessThan(LARGE / 2);
    }

    @Test
    void endsInAResetWhenItIsCancelled() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            begun.countDown();
            expectReset(sender);
        })) {
            Sender sender = sender(Requests.waiting(Requests.classic(receiver.endpoint(), file)));
            CompletableFuture<ExitStatus> status = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try {
                    status.complete(sender.run());
                } catch (TransferException e) {
                    status.completeExceptionally(e);
                }
            });
            begun.await();
            sender.cancel(ErrorCode.TERMINATED);
            assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(ExitStatus.TERMINATED);
            receiver.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u0016a"})
    void refusesANameThatTheProtocolCannotCarryBeforeItConnects(String name) throws Exception {
        Path odd = Files.createFile(dir.resolve(name));
        assertRefusedUnconnected(odd, ErrorCode.SOURCE_NAME);
    }

    @Test
    void refusesADirectoryBeforeItConnects() {
        assertRefusedUnconnected(dir, ErrorCode.USAGE);
    }

    @Test
    void sendsToAProgramAsAStudentWouldWriteIt() throws Exception {
        byte[] content = new byte[3_000_001];
        new Random(4711).nextBytes(content);
        Files.write(file, content);
        Process python = new ProcessBuilder("python3", "-c", PYTHON_RECEIVER)
                .directory(dir.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(python.getInputStream(), StandardCharsets.UTF_8))) {
            Endpoint endpoint = new Endpoint.Tcp("127.0.0.1", Integer.parseInt(output.readLine()));
            assertThat(sender(Requests.classic(endpoint, file)).run()).isEqualTo(ExitStatus.DONE);
            await().until(() -> !python.isAlive());
            assertThat(dir.resolve("got-größe.txt")).hasBinaryContent(content);
        } finally {
            python.destroyForcibly();
        }
    }

    private void makeLarge() throws Exception {
        Files.write(file, new byte[LARGE]);
    }

    private ExitStatus send(ScriptedReceiver receiver) throws TransferException {
        return sender(Requests.classic(receiver.endpoint(), file)).run();
    }

    private Sender sender(SendRequest request) {
        return new Sender(
                request,
                Map.of(),
                (connection, transfer) -> {
                    throw new AssertionError("the Ferry protocol was chosen");
                },
                events);
    }

    private void assertStopped(ExitStatus status, ErrorCode code, String text) {
        TransferEvent.Stopped stopped = events.only(TransferEvent.Stopped.class);
        assertThat(stopped.text()).isEqualTo(text);
        assertThat(stopped.code()).isEqualTo(code);
        assertThat(status).isEqualTo(code.exitStatus());
        assertThat(events.only(TransferEvent.Finished.class).status()).isEqualTo(status);
        assertThat(events.of(TransferEvent.Completed.class)).isEmpty();
    }

    private void assertRefusedUnconnected(Path source, ErrorCode code) {
        Endpoint nowhere = new Endpoint.Tcp("127.0.0.1", 1);
        assertThatThrownBy(() -> sender(Requests.classic(nowhere, source)).run())
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
