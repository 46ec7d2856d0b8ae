package ferry.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sources that change while they are sent: what arrives is one version, or nothing. */
final class ChangingIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aFileThatGrowsOnceArrivesAsItIsInTheEnd() throws IOException {
        Path file = bench.file("log", 2_000_000);
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--json", "--limit", "1MB/s", file, receive.endpoint()));
        receive.awaitEvents("started", 1);

        append(file);

        Result sent = send.awaitEnd().expect(0);
        assertThat(sent.event("entry").text("crc32c")).isEqualTo(Tree.crc32c(file));
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("log");
        assertThat(receive.folder().resolve("log")).hasSameBinaryContentAs(file);
    }

    @Test
    void aFileThatNeverStopsChangingFailsAndNothingOfItArrives() throws IOException {
        Path file = bench.file("from/log", 1_000_000);
        bench.file("from/steady", 10);
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--json", "--limit", "1MB/s", "from", receive.endpoint()));

        while (send.isAlive()) {
            append(file);
        }

        Result sent = send.awaitEnd().expect(9);
        assertThat(sent.event("failed").text("code")).isEqualTo("source_changed");
        assertThat(sent.event("failed").text("path")).isEqualTo("from/log");
        assertThat(receive.stop().expect(0).event("failed").text("code")).isEqualTo("source_changed");
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("from", "from/steady");
    }

    @Test
    void aFileThatIsTruncatedWhileItIsSentArrivesAsOneVersion() throws IOException {
        Path file = bench.file("log", 2_000_000);
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--limit", "1MB/s", file, receive.endpoint()));
        receive.awaitEvents("started", 1);

        Files.writeString(file, "all new");

        send.awaitEnd().expect(0);
        assertThat(receive.folder().resolve("log")).hasContent("all new");
    }

    private static void append(Path file) throws IOException {
        Files.write(file, "more\n".getBytes(UTF_8), StandardOpenOption.APPEND);
    }
}
