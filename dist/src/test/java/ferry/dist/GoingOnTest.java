package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.dist.FaultyNetwork.Division;
import ferry.dist.FaultyNetwork.Fault;
import ferry.dist.FaultyNetwork.From;
import ferry.dist.FaultyNetwork.Plan;
import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.receive.ReceiveRun;
import ferry.send.SendRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A large file whose transfer breaks on the way: the next one goes on where it stopped. */
class GoingOnTest {
    private static final int CHUNK = 8 << 20;

    /** Three chunks, and a last one of a single byte. */
    private static final int SIZE = 3 * CHUNK + 1;

    enum Mode {
        PLAIN,
        ENCRYPTED
    }

    @TempDir(factory = InMemory.class)
    private Path folder;

    /**
     * "No resume, or a resume that starts again" (magic-wormhole #88, rsync #330, croc #368).
     *
     * @param chunksInFlight what a break may cost: where the network throws away what it holds, a chunk more
     */
    @ParameterizedTest
    @CsvSource({
        "PLAIN, cut, 9, 1",
        "PLAIN, cut, 18, 1",
        "PLAIN, cut, 24, 1",
        "PLAIN, reset, 12, 2",
        "PLAIN, reset, 20, 2",
        "ENCRYPTED, cut, 9, 1",
        "ENCRYPTED, cut, 20, 1",
        "ENCRYPTED, reset, 17, 2",
    })
    void aBreakCostsNoMoreThanTheChunkInFlight(Mode mode, String how, int mebibytes, int chunksInFlight)
            throws Exception {
        byte[] content = new byte[SIZE];
        new Random(20260103).nextBytes(content);
        Path file = Files.write(folder.resolve("file"), content);
        Path out = folder.resolve("out");
        Map<String, String> environment = Map.of(
                "XDG_CONFIG_HOME", folder.resolve("config").toString(),
                "XDG_STATE_HOME", folder.resolve("state").toString());
        Fault fault = how.equals("cut") ? (_, line) -> line.cut() : (_, line) -> line.reset();
        Plan plan = Plan.atByte(From.SENDER, (long) mebibytes << 20, fault);
        Queue<TransferEvent> events = new ConcurrentLinkedQueue<>();
        Object[] receiving = {
            "--dir", out, "--listen", "127.0.0.1:0", mode == Mode.PLAIN ? "--plain-only" : "--no-plain"
        };
        CountDownLatch broken = new CountDownLatch(1);
        TransferListener watching = event -> {
            if (event instanceof TransferEvent.Stopped) {
                broken.countDown();
            }
        };
        try (ReceiveRun receiver = ReceiveRun.start(environment, watching, receiving)) {
            try (FaultyNetwork network = FaultyNetwork.to(receiver.port(), Division.BYTES, plan)) {
                assertThat(send(environment, TransferListener.NONE, mode, file, network.endpoint()))
                        .isEqualTo(ExitStatus.NETWORK);
                assertThat(network.hasStruck()).isTrue();
            }
            broken.await();
            assertThat(out.resolve("file")).doesNotExist();

            assertThat(send(environment, events::add, mode, file, "127.0.0.1:" + receiver.port()))
                    .isEqualTo(ExitStatus.DONE);
        }

        assertThat(out.resolve("file")).hasSameBinaryContentAs(file);
        assertThat(out.resolve(".ferry")).doesNotExist();
        long moved = events.stream()
                .filter(TransferEvent.Finished.class::isInstance)
                .mapToLong(event -> ((TransferEvent.Finished) event).totals().moved())
                .sum();
        assertThat(moved).isLessThanOrEqualTo(SIZE - ((long) mebibytes << 20) + (long) chunksInFlight * CHUNK);
    }

    private static ExitStatus send(
            Map<String, String> environment, TransferListener listener, Mode mode, Path file, String target) {
        return mode == Mode.PLAIN
                ? SendRun.of(environment, listener, "--plain", "--retries", 0, file, target)
                : SendRun.of(environment, listener, "--retries", 0, file, target);
    }
}
