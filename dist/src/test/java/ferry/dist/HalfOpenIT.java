package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A network that goes away without a word: no end of a connection and no reset ever comes. */
final class HalfOpenIT {
    private static final int LARGE = 20 << 20;

    /** So slow that the network goes away in the middle, also on a machine that is busy. */
    private static final String SPEED = "3MB/s";

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void neitherSideWaitsForEverForAPeerThatVanishes() {
        try (Network network = Network.open()) {
            Path file = bench.file("file", LARGE);
            Path out = bench.path("out");
            RunningReceive receive = bench.receive(
                    network.with(bench.receiving(out).and("--listen", Network.ADDRESS + ":0", "--timeout", "4s")), out);
            RunningProcess send = bench.start(network.with(bench.sending(
                    "--json",
                    "--timeout",
                    "4s",
                    "--retries",
                    0,
                    "--streams",
                    1,
                    "--limit",
                    SPEED,
                    file,
                    receive.endpoint())));
            awaitHalf(out);

            network.down();

            // Neither can hear how the other ends.
            Event stopped = receive.awaitEvents("stopped", 1).getFirst();
            assertThat(stopped.text("code")).isEqualTo("timeout");
            assertThat(stopped.text("text")).contains("the sender's next frame");
            Result given = send.awaitEnd().expect(4);
            assertThat(given.event("stopped").text("code")).isEqualTo("timeout");

            network.up();
            Result again = network.with(bench.sending("--json", file, receive.endpoint()))
                    .run()
                    .expect(0);
            assertThat(again.event("finished").number("moved"))
                    .as("without what had arrived")
                    .isLessThan(LARGE);
            assertThat(out.resolve("file")).hasSameBinaryContentAs(file);
            receive.stop().expect(0);
        }
    }

    /** Waits until a chunk of it is in staging. */
    private static void awaitHalf(Path out) {
        await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> hasHalf(out));
    }

    private static boolean hasHalf(Path out) {
        try (Stream<Path> paths = Files.walk(out)) {
            return paths.anyMatch(path -> path.toFile().length() >= LARGE / 2);
        } catch (IOException | UncheckedIOException e) {
            // The receiver is at work there.
            return false;
        }
    }
}
