package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.Protocol;
import ferry.event.TransferEvent;
import ferry.event.Verification;
import ferry.receive.ReceiveRequest.Lifetime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The classic protocol against scripted senders; real ones are in {@link ClassicPeersTest}. */
class ClassicReceiverTest {
    private static final long SEED = 20_260_101;

    @TempDir
    private Path dir;

    private RunningReceiver receiver;

    @BeforeEach
    void start() {
        receiver = RunningReceiver.into(dir);
    }

    private void startAgain(ReceiveRequest request) {
        receiver.close();
        receiver = RunningReceiver.start(request);
    }

    @AfterEach
    void close() throws Exception {
        receiver.close();
        assertThat(TestDisk.staged(dir)).isEmpty();
    }

    @Test
    void storesWhatFollowsTheNewlineInTheSameSegment() throws Exception {
        try (ScriptedSender sender = receiver.connect()) {
            sender.send("größe.txt\ncontent").end();
            assertThat(sender.readAll()).isEqualTo("ok");
        }
        assertThat(TestDisk.tree(dir).keySet()).containsExactly("größe.txt");
        assertThat(dir.resolve("größe.txt")).hasContent("content");
        TransferEvent.Completed completed = receiver.events().only(TransferEvent.Completed.class);
        assertThat(completed.verification()).isEqualTo(Verification.UNVERIFIED);
        assertThat(completed.size()).isEqualTo(7);
        assertThat(completed.crc32c()).hasValue(Crc32c.of(ByteBuffer.wrap("content".getBytes(StandardCharsets.UTF_8))));
        assertThat(receiver.events().only(TransferEvent.Started.class).protocol())
                .isEqualTo(Protocol.CLASSIC);
        assertThat(receiver.events().only(TransferEvent.Finished.class).totals().moved())
                .isEqualTo(7);
    }

    @Test
    void takesSilenceForTheEndOfTheName() throws Exception {
        try (ScriptedSender sender = receiver.connect()) {
            sender.send("a.txt").expect("ok").send("content").end();
            assertThat(sender.readAll()).isEmpty();
        }
        assertThat(TestDisk.tree(dir)).isEqualTo(Map.of("a.txt", "content"));
    }

    @Test
    void takesANameAndNothingElseForAnEmptyFile() throws Exception {
        try (ScriptedSender sender = receiver.connect()) {
            sender.send("empty").end();
            assertThat(sender.readAll()).isEqualTo("ok");
        }
        assertThat(TestDisk.tree(dir)).isEqualTo(Map.of("empty", ""));
    }

    @Test
    void storesMoreThanAllBuffersHold() throws Exception {
        byte[] content = TestDisk.random(9_000_001, SEED);
        try (ScriptedSender sender = receiver.connect()) {
            sender.send("large.bin\n").send(content).end();
            assertThat(sender.readAll()).isEqualTo("ok");
        }
        assertThat(dir.resolve("large.bin")).hasBinaryContent(content);
        assertThat(receiver.events().only(TransferEvent.Completed.class).crc32c())
                .hasValue(Crc32c.of(ByteBuffer.wrap(content)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ../evil\\n          | error: ../evil:
            a/b.txt\\n          | error: a/b.txt: expected a bare name, got a path
            \\n                 | error:
            ..\\n               | error: ..:
            .ferry\\n           | error: .ferry:
            GET / HTTP/1.1\\r\\n| error: GET / HTTP/1.1: expected a bare name, got a path
            """)
    void refusesNamesThatItMayNotUse(String bytes, String line) throws Exception {
        assertRefused(bytes.replace("\\n", "\n").replace("\\r", "\r").getBytes(StandardCharsets.UTF_8), line);
    }

    @Test
    void refusesANameOfTenThousandBytes() throws Exception {
        assertRefused("x".repeat(10_000).getBytes(StandardCharsets.UTF_8), "error: file name: longer than 255 bytes");
    }

    @Test
    void refusesANameThatIsNotUtf8() throws Exception {
        assertRefused(new byte[] {'a', (byte) 0xc3, (byte) 0x28, '\n'}, "error: ");
    }

    @Test
    void leavesNoTraceOfASenderThatResets() throws Exception {
        try (ScriptedSender sender = receiver.connect()) {
            sender.send("lost.bin\n").expect("ok").send(new byte[300_000]);
            await().until(() -> !TestDisk.staged(dir).isEmpty());
            sender.reset();
        }
        awaitFinished();
        assertThat(receiver.events().only(TransferEvent.Stopped.class).code()).isEqualTo(ErrorCode.CONNECTION_LOST);
        assertThat(receiver.events().only(TransferEvent.Finished.class).status())
                .isEqualTo(ExitStatus.NETWORK);
        await().until(() -> TestDisk.staged(dir).isEmpty());
        assertThat(TestDisk.tree(dir)).isEmpty();
    }

    @Test
    void givesUpASenderThatFallsSilent() throws Exception {
        startAgain(with(RunningReceiver.request(dir), Duration.ofMillis(300), OptionalLong.empty()));
        try (ScriptedSender sender = receiver.connect()) {
            sender.send("slow.bin\n").expect("ok").send("some").expectReset();
        }
        awaitFinished();
        assertThat(receiver.events().only(TransferEvent.Stopped.class).text())
                .endsWith("waited 300 ms for the file's next bytes");
        assertThat(TestDisk.tree(dir)).isEmpty();
    }

    @Test
    void closesASenderThatSaysNothingAtAll() throws Exception {
        try (ScriptedSender sender = receiver.connect()) {
            long begin = System.nanoTime();
            sender.expectReset();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
        }
        assertThat(receiver.events().of(TransferEvent.Started.class)).isEmpty();
    }

    @Test
    void keepsBothFilesOfTwoSendersWithTheSameName() throws Exception {
        try (ScriptedSender one = receiver.connect();
                ScriptedSender two = receiver.connect()) {
            one.send("same.txt\n").expect("ok").send("one");
            two.send("same.txt\n").expect("ok").send("two").end();
            assertThat(two.readAll()).isEmpty();
            one.end();
            assertThat(one.readAll()).isEmpty();
        }
        assertThat(TestDisk.tree(dir)).isEqualTo(Map.of("same.txt", "two", "same (1).txt", "one"));
    }

    @Test
    void saysAfterTheContentWhyTheFileIsNotPlaced() throws Exception {
        Files.writeString(dir.resolve("a.txt"), "mine");
        startAgain(RunningReceiver.request(dir, ConflictPolicy.FAIL, Lifetime.UNTIL_STOPPED));
        try (ScriptedSender sender = receiver.connect()) {
            sender.send("a.txt\nyours").end();
            assertThat(sender.readAll()).isEqualTo("okerror: a.txt: the receiver has a different file there\n");
        }
        awaitFinished();
        assertThat(receiver.events().only(TransferEvent.Failed.class).code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(receiver.events().only(TransferEvent.Finished.class).status())
                .isEqualTo(ExitStatus.REFUSED);
        assertThat(TestDisk.tree(dir)).isEqualTo(Map.of("a.txt", "mine"));
    }

    @Test
    void saysOnTheWayThatTheFileIsTooLarge() throws Exception {
        startAgain(with(RunningReceiver.request(dir), Duration.ofSeconds(20), OptionalLong.of(100_000)));
        try (ScriptedSender sender = receiver.connect()) {
            sender.send("large.bin\n").expect("ok").send(new byte[100_000]);
            assertThat(sender.sendUntilAnswered())
                    .startsWith("error: large.bin: ")
                    .endsWith("at most 100000 are accepted for a file\n");
        }
        awaitFinished();
        assertThat(receiver.events().only(TransferEvent.Failed.class).code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(TestDisk.tree(dir)).isEmpty();
    }

    private void awaitFinished() {
        await().until(() -> !receiver.events().of(TransferEvent.Finished.class).isEmpty());
    }

    private void assertRefused(byte[] bytes, String line) throws IOException {
        try (ScriptedSender sender = receiver.connect()) {
            sender.send(bytes).end();
            assertThat(sender.readAll()).startsWith(line).endsWith("\n").hasLineCount(1);
        }
        assertThat(receiver.events().only(TransferEvent.Notice.class).text()).contains(": refused: ");
        assertThat(receiver.events().of(TransferEvent.Started.class)).isEmpty();
        assertThat(TestDisk.tree(dir)).isEmpty();
    }

    private static ReceiveRequest with(ReceiveRequest request, Duration timeout, OptionalLong maxSize) {
        return new ReceiveRequest(
                request.destination(),
                request.endpoints(),
                request.lifetime(),
                request.accept(),
                maxSize,
                timeout,
                request.grace());
    }
}
