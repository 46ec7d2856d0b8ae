package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.net.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Far more senders than a small receiver has places for, and slow ones beside fast ones. {@code -Dferry.load=full} takes a thousand
 * senders of 1 to 4 MiB and not a part of them. What the receiver needed is reported.
 */
@Isolated("it takes all there is of processors and memory")
@Timeout(300)
final class LoadIT {
    private static final boolean FULL = System.getProperty("ferry.load", "").equals("full");
    private static final int SENDERS = FULL ? 1_000 : 400;
    private static final int LARGEST = FULL ? 4 : 1;
    private static final String SMALL_HEAP = "-Xmx64m";
    private static final long SEED = 4;

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aCrowdAtAReceiverWithFewHandlesAndLittleMemoryIsServed(TestReporter reporter) throws Exception {
        Path out = bench.roomyDirectory();
        RunningReceive receive = bench.receive(
                bench.receiving(out)
                        .and("--listen", "127.0.0.1:0")
                        .with("FERRY_JAVA_OPTS", SMALL_HEAP)
                        .after("ulimit -n 256"),
                out);
        long before = receive.process().peakMemory();
        Random random = new Random(SEED);
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < LARGEST; i++) {
            byte[] content = new byte[(i + 1) << 20];
            random.nextBytes(content);
            contents.add(content);
        }
        LoadSender.Refusals refusals = new LoadSender.Refusals();

        sendAll(receive, SENDERS, contents, Duration.ZERO, refusals);

        // And the next one, who knows nothing of all this.
        bench.send("--plain", bench.file("last", 1_000_000), receive.endpoint()).expect(0);
        long peak = receive.process().peakMemory();
        reporter.publishEntry(Map.of(
                "senders", "" + SENDERS,
                "told that it is busy", refusals.busy().toString(),
                "connections lost", refusals.lost().toString(),
                "memory before", (before >> 20) + " MiB",
                "memory at most", (peak >> 20) + " MiB"));
        assertThat(peak).isLessThan(400L << 20);
        Result received = receive.stop().expect(0);
        assertThat(received.errors()).doesNotContain("too many open files", "OutOfMemory");
        for (int i = 0; i < SENDERS; i++) {
            assertThat(Files.size(out.resolve("file-" + i))).isEqualTo(contents.get(i % LARGEST).length);
        }
    }

    @Test
    void aHundredTreesAreSettledThoughThereAreFewHandles() throws Exception {
        Path out = bench.roomyDirectory();
        RunningReceive receive = bench.receive(
                bench.receiving(out).and("--listen", "127.0.0.1:0").after("ulimit -n 256"), out);
        LoadSender.Refusals refusals = new LoadSender.Refusals();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                LoadSender sender = LoadSender.ofTree(new Endpoint.Tcp("127.0.0.1", receive.port()), "tree-" + i, 200);
                ends.add(threads.submit(() -> sendWith(sender, refusals)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
        assertThat(refusals.lost()).hasValue(0);
        Result received = receive.stop().expect(0);
        assertThat(received.errors()).doesNotContain("too many open files");
        assertThat(received.events("failed")).isEmpty();
        assertThat(Tree.of(out)).hasSize(100 * 201);
    }

    @Test
    void twentyFastSendersAreServedBesideTwoHundredSlowOnes(TestReporter reporter) throws Exception {
        Path out = bench.roomyDirectory();
        RunningReceive receive = bench.receive(
                bench.receiving(out).and("--listen", "127.0.0.1:0").with("FERRY_JAVA_OPTS", SMALL_HEAP), out);
        long before = receive.process().peakMemory();
        LoadSender.Refusals refusals = new LoadSender.Refusals();
        int slow = 200;
        // Sixteen pieces, one a second.
        byte[] little = new byte[1 << 20];
        byte[] much = new byte[8 << 20];
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < slow; i++) {
                LoadSender sender = sender(receive, "slow-" + i, little, Duration.ofSeconds(1));
                ends.add(threads.submit(() -> sendWith(sender, refusals)));
            }
            receive.awaitEvents("started", slow);
            long begin = System.nanoTime();
            sendAll(receive, 20, List.of(much), Duration.ZERO, refusals);
            Duration fast = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(ends).as("slow ones at the end of the fast ones").noneMatch(Future::isDone);
            for (Future<?> end : ends) {
                end.get();
            }
            long peak = receive.process().peakMemory();
            reporter.publishEntry(Map.of(
                    "20 fast senders of 8 MiB took", fast.toMillis() + " ms",
                    "memory before", (before >> 20) + " MiB",
                    "memory for each connection at most", (peak - before) / (slow + 20) / 1024 + " KiB"));
        }
        assertThat(refusals.busy()).hasValue(0);
        assertThat(refusals.lost()).hasValue(0);
        receive.stop().expect(0);
        assertThat(Tree.of(out)).hasSize(slow + 20);
    }

    private static String sendWith(LoadSender sender, LoadSender.Refusals refusals) throws Exception {
        sender.run(refusals);
        return "sent";
    }

    private static void sendAll(
            RunningReceive receive, int senders, List<byte[]> contents, Duration pause, LoadSender.Refusals refusals)
            throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                LoadSender sender = sender(receive, "file-" + i, contents.get(i % contents.size()), pause);
                ends.add(threads.submit(() -> sendWith(sender, refusals)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
    }

    private static LoadSender sender(RunningReceive receive, String name, byte[] content, Duration pause) {
        return LoadSender.ofFile(new Endpoint.Tcp("127.0.0.1", receive.port()), name, content, pause);
    }
}
