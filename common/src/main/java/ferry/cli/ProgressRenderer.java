package ferry.cli;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.event.TransferProgress;
import ferry.event.TransferProgress.Sample;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a progress bar is shown: one for all transfers that run at the same time, from a moment after the first began until
 * the last is over. Short transfers see none, and do not pay for loading it.
 *
 * <p>Its events and {@link #showIfDue} come from {@link Reporter}'s thread; {@link #sample} from the bar's. The monitor guards the
 * counters that both look at.
 */
final class ProgressRenderer implements TransferListener, AutoCloseable {
    private static final Duration DELAY = Duration.ofMillis(300);

    private final Console console;
    private final Terminal terminal;
    private final LongSupplier nanoTime;
    private final Map<String, TransferProgress> running = new HashMap<>();

    /** What is to be said of those that have no connection. */
    private final Map<String, String> remarks = new TreeMap<>();

    private Sample over = Sample.NOTHING;
    private OptionalLong due = OptionalLong.empty();
    private @Nullable ProgressBarView view;

    /** @param nanoTime {@link System#nanoTime} or a test's clock */
    ProgressRenderer(Console console, Terminal terminal, LongSupplier nanoTime) {
        this.console = console;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
    }

    @Override
    public void on(TransferEvent event) {
        if (event instanceof TransferEvent.Started started) {
            begin(started.transfer(), started.progress());
        } else if (event instanceof TransferEvent.Reconnecting reconnecting) {
            remark(
                    reconnecting.transfer(),
                    Optional.of("reconnecting (%d of %d)".formatted(reconnecting.attempt(), reconnecting.most())));
        } else if (event instanceof TransferEvent.Reconnected reconnected) {
            remark(reconnected.transfer(), Optional.empty());
        } else if (event instanceof TransferEvent.Finished finished) {
            end(finished.transfer());
        }
    }

    private synchronized void remark(String transfer, Optional<String> text) {
        text.ifPresentOrElse(said -> remarks.put(transfer, said), () -> remarks.remove(transfer));
    }

    private synchronized String remarks() {
        return String.join(", ", remarks.values());
    }

    /** How long until {@link #showIfDue} has something to do; empty if only an event can change that. */
    Optional<Duration> untilDue() {
        return due.isPresent()
                ? Optional.of(Duration.ofNanos(Math.max(0, due.getAsLong() - nanoTime.getAsLong())))
                : Optional.empty();
    }

    /** Shows the bar if its time has come. */
    void showIfDue() {
        if (due.isPresent() && nanoTime.getAsLong() - due.getAsLong() >= 0) {
            due = OptionalLong.empty();
            view = new ProgressBarView(console, terminal.columns(), this::sample, this::transfers, this::remarks);
        }
    }

    /** Removes the bar. */
    @Override
    public void close() {
        due = OptionalLong.empty();
        if (view != null) {
            view.close();
            view = null;
        }
    }

    /** Where all transfers since the bar appeared stand together. */
    synchronized Sample sample() {
        return running.values().stream().map(TransferProgress::sample).reduce(over, Sample::plus);
    }

    private synchronized int transfers() {
        return running.size();
    }

    private synchronized void begin(String transfer, TransferProgress progress) {
        if (running.isEmpty()) {
            over = Sample.NOTHING;
            due = OptionalLong.of(nanoTime.getAsLong() + DELAY.toNanos());
        }
        running.put(transfer, progress);
    }

    private void end(String transfer) {
        if (leaveNone(transfer)) {
            close();
        }
    }

    private synchronized boolean leaveNone(String transfer) {
        remarks.remove(transfer);
        TransferProgress progress = running.remove(transfer);
        if (progress != null) {
            over = over.plus(progress.sample().closed());
        }
        return running.isEmpty();
    }
}
