package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.Bottleneck;
import ferry.event.Direction;
import ferry.event.Protocol;
import ferry.event.Totals;
import ferry.event.TransferEvent;
import ferry.event.TransferProgress;
import ferry.event.TransferProgress.Sample;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressRendererTest {
    private static final String ERASED = "\r\u001b[K";

    private final TestConsole test = new TestConsole();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final ProgressRenderer renderer = new ProgressRenderer(test.console(), new Terminal(80), nanos::get);

    @AfterEach
    void close() {
        renderer.close();
    }

    @Test
    void showsNothingForAShortTransfer() {
        begin("a", 100);
        wait(Duration.ofMillis(299));
        end("a");
        wait(Duration.ofMillis(299));

        assertThat(renderer.untilDue()).isEmpty();
        assertThat(test.err()).isEmpty();
    }

    @Test
    void showsABarForALongTransferAndLeavesNoTraceOfIt() {
        TransferProgress progress = begin("a", 1000);
        assertThat(renderer.untilDue()).contains(Duration.ofMillis(300));
        wait(Duration.ofMillis(300));
        progress.moved(500);
        await().until(() -> test.err().contains(" 50% [==="));
        end("a");

        assertThat(test.err()).endsWith("\u001b[?7h" + ERASED);
        int length = test.err().length();
        test.console().say("after");
        assertThat(test.err().substring(length)).isEqualTo("send: after\n");
    }

    @Test
    void saysThatATransferHasNoConnection() {
        begin("a", 1000);
        wait(Duration.ofMillis(300));
        renderer.on(
                new TransferEvent.Reconnecting("a", ErrorCode.CONNECTION_LOST, "gone", 2, 20, Duration.ofSeconds(2)));
        await().until(() -> test.err().contains("reconnecting (2 of 20)"));
        renderer.on(new TransferEvent.Reconnected("a", "there"));
        await().until(() ->
                !test.err().substring(test.err().lastIndexOf(ERASED)).contains("reconnecting"));
        end("a");
    }

    @Test
    void addsUpTransfersThatRunAtTheSameTime() {
        TransferProgress first = begin("first", 1000);
        TransferProgress second = begin("second", 3000);
        first.moved(600);
        second.moved(5);
        assertThat(renderer.sample()).isEqualTo(new Sample(2, 0, 4000, 605, 0, true));

        // It broke: what did not come is not waited for, and what came does not vanish.
        end("first");
        assertThat(renderer.sample()).isEqualTo(new Sample(1, 0, 3600, 605, 0, true));

        end("second");
        begin("third", 10);
        assertThat(renderer.sample()).isEqualTo(new Sample(1, 0, 10, 0, 0, true));
    }

    @Test
    void theBarStaysUntilTheLastTransferIsOver() {
        begin("first", 1000);
        wait(Duration.ofMillis(300));
        begin("second", 1000);
        end("first");
        await().until(() -> test.err().contains("1000") || test.err().contains("1.0 kB"));
        assertThat(test.err()).endsWith("\u001b[?7h");
        end("second");
        assertThat(test.err()).endsWith(ERASED);
    }

    private TransferProgress begin(String transfer, long size) {
        TransferProgress progress = new TransferProgress();
        progress.found(Events.file(transfer, size));
        progress.allFound();
        renderer.on(new TransferEvent.Started(
                transfer, Events.PEER, Protocol.FERRY, Direction.OUTGOING, Optional.empty(), progress));
        return progress;
    }

    private void end(String transfer) {
        renderer.on(new TransferEvent.Finished(
                transfer,
                Events.PEER,
                new Totals(1, 1, 1, 1, 0, 0),
                Duration.ofSeconds(1),
                ExitStatus.DONE,
                Bottleneck.NONE));
    }

    private void wait(Duration time) {
        nanos.addAndGet(time.toNanos());
        renderer.showIfDue();
    }
}
