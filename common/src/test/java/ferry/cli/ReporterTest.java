package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.event.TransferEvent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReporterTest {
    private static final int MORE_THAN_WAIT = 5000;

    private final CommonOptions options = new CommonOptions();

    @Test
    void printsEverythingBeforeItCloses() {
        TestConsole test = new TestConsole();
        try (Reporter reporter = new Reporter(test.console(), options, Optional::empty, Optional.empty())) {
            for (int i = 0; i < MORE_THAN_WAIT; i++) {
                reporter.on(new TransferEvent.Notice("event " + i));
            }
        }
        assertThat(test.err().lines()).hasSize(MORE_THAN_WAIT).last().isEqualTo("send: event 4999");
    }

    @Test
    void printsOnesOwnKeyAsTheResult() {
        TestConsole test = new TestConsole();
        try (Reporter reporter = new Reporter(test.console(), options, Optional::empty, Optional.empty())) {
            reporter.on(new TransferEvent.OwnKey("sha256:00"));
        }
        assertThat(test.out()).isEqualTo("sha256:00\n");
        assertThat(test.err()).isEmpty();
    }

    @Test
    void printsWhatIsKeptOfABrokenTransferAsTheResult() {
        TestConsole test = new TestConsole();
        try (Reporter reporter = new Reporter(test.console(), options, Optional::empty, Optional.empty())) {
            reporter.on(new TransferEvent.Partial("a/b", "plain", 16_777_216, 104_857_600, Duration.ofHours(50)));
        }
        assertThat(test.out()).isEqualTo("16.8 MB of 105 MB, 2 d 2 h old, plain: a/b\n");
    }

    @Test
    void keepsTheOrderOfEachThread() {
        TestConsole test = new TestConsole();
        int threads = 4;
        try (Reporter reporter = new Reporter(test.console(), options, Optional::empty, Optional.empty());
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < threads; thread++) {
                String name = "thread " + thread + " event ";
                pool.execute(() -> {
                    for (int i = 0; i < 1000; i++) {
                        reporter.on(new TransferEvent.Notice(name + (1000 + i)));
                    }
                });
            }
        }
        for (int thread = 0; thread < threads; thread++) {
            String start = "send: thread " + thread + " ";
            assertThat(test.err().lines().filter(line -> line.startsWith(start)))
                    .hasSize(1000)
                    .isSorted();
        }
    }

    @Test
    void doesNotHoldUpASessionWhileTheTerminalIsPaused() throws InterruptedException {
        PausedStream paused = new PausedStream();
        Console console = new Console("send", OutputStream.nullOutputStream(), paused);
        try (Reporter reporter = new Reporter(console, options, Optional::empty, Optional.empty())) {
            for (int i = 0; i < 1000; i++) {
                reporter.on(new TransferEvent.Notice("event"));
            }
            paused.resumed.countDown();
        }
        assertThat(paused.written.toString(StandardCharsets.UTF_8).lines()).hasSize(1000);
    }

    @Test
    void makesASessionWaitRatherThanForget() {
        PausedStream paused = new PausedStream();
        Console console = new Console("send", OutputStream.nullOutputStream(), paused);
        AtomicInteger told = new AtomicInteger();
        try (Reporter reporter = new Reporter(console, options, Optional::empty, Optional.empty());
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            pool.execute(() -> {
                for (int i = 0; i < MORE_THAN_WAIT; i++) {
                    reporter.on(new TransferEvent.Notice("event"));
                    told.incrementAndGet();
                }
            });
            await().until(() -> told.get() >= 4096);
            assertThat(told).hasValueLessThan(MORE_THAN_WAIT);
            paused.resumed.countDown();
        }
        assertThat(paused.written.toString(StandardCharsets.UTF_8).lines()).hasSize(MORE_THAN_WAIT);
    }

    @Test
    void keepsAnInterruptionForItsCaller() {
        TestConsole test = new TestConsole();
        Reporter reporter = new Reporter(test.console(), options, Optional::empty, Optional.empty());
        Thread.currentThread().interrupt();
        reporter.on(new TransferEvent.Notice("event"));
        assertThat(Thread.interrupted()).isTrue();

        Thread.currentThread().interrupt();
        reporter.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(test.err()).isEqualTo("send: event\n");
    }

    @Test
    void dropsWhatIsToldAfterItsEnd() {
        TestConsole test = new TestConsole();
        Reporter reporter = new Reporter(test.console(), options, Optional::empty, Optional.empty());
        reporter.close();
        for (int i = 0; i < MORE_THAN_WAIT; i++) {
            reporter.on(new TransferEvent.Notice("late"));
        }
        assertThat(test.err()).isEmpty();
    }

    /** A terminal on which somebody pressed Ctrl-S. */
    private static final class PausedStream extends OutputStream {
        private final CountDownLatch resumed = new CountDownLatch(1);
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            try {
                resumed.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            written.write(b);
        }
    }
}
