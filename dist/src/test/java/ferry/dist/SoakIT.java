package ferry.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.dist.FaultyNetwork.Division;
import ferry.dist.FaultyNetwork.From;
import ferry.dist.FaultyNetwork.Plan;
import ferry.dist.FaultyNetwork.Unit;
import ferry.error.ExitStatus;
import ferry.event.TransferListener;
import ferry.send.SendRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many transfers, good and broken ones, in one receiver's life, after which it holds no more than before. */
final class SoakIT {
    private static final int TRANSFERS = Integer.getInteger("ferry.soak", 100);
    private static final int WARM_UP = 80;
    private static final int BREAK_EVERY = 5;

    /** What a transfer may leave behind in the heap; an object that is forgotten is larger, over all of them. */
    private static final long HEAP_PER_TRANSFER = 1_000;

    private static final long HEAP_ANYWAY = 1 << 20;
    private static final int SOME = 8;

    @RegisterExtension
    private final Bench bench = new Bench();

    /** What a process holds. */
    private record Held(long handles, long threads, long heap, long staged) {}

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void aReceiverHoldsNoMoreAfterManyTransfersThanAfterAFew() throws Exception {
        bench.file("from/large", 200_000);
        bench.file("from/small", 100);
        bench.directory("from/directory");
        RunningReceive receive = bench.receive("--timeout", "10s");
        run(receive, 0, WARM_UP);
        Held before = held(receive);

        run(receive, WARM_UP, WARM_UP + TRANSFERS);

        Held after = held(receive);
        String growth = "%s before, %s after %d transfers".formatted(before, after, TRANSFERS);
        System.out.println(growth);
        assertThat(after.handles()).as(growth).isLessThanOrEqualTo(before.handles() + SOME);
        assertThat(after.threads()).as(growth).isLessThanOrEqualTo(before.threads() + SOME);
        assertThat(after.staged()).as(growth).isLessThanOrEqualTo(before.staged() + SOME);
        assertThat(after.heap())
                .as(growth)
                .isLessThan(before.heap() + HEAP_ANYWAY + HEAP_PER_TRANSFER * TRANSFERS / 10);
        receive.stop().expect(0);
    }

    private void run(RunningReceive receive, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            ExitStatus status;
            if (i % BREAK_EVERY == 0) {
                status = breaking(receive, i);
            } else {
                status = send(i, receive.endpoint());
            }
            assertThat(status).isIn(ExitStatus.DONE, ExitStatus.NETWORK);
            assertThat(i % BREAK_EVERY != 0 && status != ExitStatus.DONE)
                    .as("transfer " + i + ": " + status)
                    .isFalse();
        }
    }

    private ExitStatus breaking(RunningReceive receive, int number) throws IOException {
        Unit blocks = new Unit(From.SENDER, Unit.BYTES);
        Plan plan = new Plan(blocks, number % 60, (_, line) -> line.reset());
        try (FaultyNetwork network = FaultyNetwork.to(receive.port(), Division.BYTES, plan)) {
            return send(number, network.endpoint());
        }
    }

    private ExitStatus send(int number, String target) {
        Path from = bench.path("from");
        // Every third is new, the others are there already.
        try {
            Files.write(
                    from.resolve("large"),
                    ("version " + number / 3).getBytes(UTF_8),
                    java.nio.file.StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return number % 2 == 0
                ? SendRun.of(bench.sender().environment(), TransferListener.NONE, "--plain", from, target)
                : SendRun.of(bench.sender().environment(), TransferListener.NONE, from, target);
    }

    /** What the receiver holds when all transfers have ended, and garbage is collected. */
    private Held held(RunningReceive receive) throws IOException {
        Path process = Path.of("/proc", Long.toString(receive.process().pid()));
        await().until(() -> Files.readString(Path.of("/proc/net/tcp"))
                .lines()
                .noneMatch(line -> line.matches(".*:%04X [0-9A-F]+:[0-9A-F]+ 01 .*".formatted(receive.port()))));
        String pid = Long.toString(receive.process().pid());
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Command.of(jcmd, pid, "GC.run").run().expect(0);
        String heap = Command.of(jcmd, pid, "GC.heap_info").run().expect(0).output();
        long used = 0;
        for (Matcher found = Pattern.compile("used (\\d+)K").matcher(heap); found.find(); ) {
            used += Long.parseLong(found.group(1)) << 10;
        }
        long threads = Files.readString(process.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("Threads:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
        try (Stream<Path> handles = Files.list(process.resolve("fd"));
                Stream<Path> staged = Files.walk(receive.folder().resolve(".ferry"))) {
            return new Held(handles.count(), threads, used, staged.count());
        }
    }
}
