package ferry.send;

import static ferry.send.ScriptedReceiver.expect;
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
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicSenderTest {
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

    private Path file;
    private ClassicRun run;

    @BeforeEach
    void makeFile() throws Exception {
        file = Files.writeString(dir.resolve("größe.txt"), "content");
        run = new ClassicRun(file);
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
            assertThat(run.send(receiver)).isEqualTo(ExitStatus.DONE);
            receiver.awaitEnd();
        }
        TransferEvent.Completed completed = run.events().only(TransferEvent.Completed.class);
        assertThat(completed.verification()).isEqualTo(Verification.UNVERIFIED);
        assertThat(completed.size()).isEqualTo(7);
        assertThat(completed.crc32c()).hasValue(Crc32c.of(ByteBuffer.wrap("content".getBytes(StandardCharsets.UTF_8))));
        assertThat(run.events().only(TransferEvent.Started.class).protocol()).isEqualTo(Protocol.CLASSIC);
        assertThat(run.events().only(TransferEvent.Finished.class).totals().moved())
                .isEqualTo(7);
        assertThat(run.events().only(TransferEvent.Warning.class).text()).endsWith("so what arrives is unverified");
        assertThat(run.events().only(TransferEvent.Notice.class).text()).startsWith("not encrypted");
    }

    /** As {@code echo ok | nc -l} says it. */
    @Test
    void takesAnOkThatIsALine() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            say(sender, "ok\n");
            sender.getInputStream().readAllBytes();
        })) {
            assertThat(run.send(receiver)).isEqualTo(ExitStatus.DONE);
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
            assertThat(run.send(receiver)).isEqualTo(ExitStatus.DONE);
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
            assertThat(run.sender(request).run()).isEqualTo(ExitStatus.DONE);
            receiver.awaitEnd();
        }
        assertThat(run.events().of(TransferEvent.Started.class)).hasSize(1);
        assertThat(run.events().of(TransferEvent.Completed.class)).hasSize(1);
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
            assertThat(run.sender(request).run()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void doesNotWaitForEverForTheClose() {
        assertThat(ClassicSender.closeLimit(Duration.ofSeconds(30))).isEqualTo(Duration.ofMinutes(10));
        assertThat(ClassicSender.closeLimit(Duration.ofHours(1))).isEqualTo(Duration.ofHours(1));
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
            assertThat(run.sender(Requests.classic(endpoint, file)).run()).isEqualTo(ExitStatus.DONE);
            await().until(() -> !python.isAlive());
            assertThat(dir.resolve("got-größe.txt")).hasBinaryContent(content);
        } finally {
            python.destroyForcibly();
        }
    }

    private void assertRefusedUnconnected(Path source, ErrorCode code) {
        Endpoint nowhere = new Endpoint.Tcp("127.0.0.1", 1);
        assertThatThrownBy(() -> run.sender(Requests.classic(nowhere, source)).run())
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
