package ferry.cli;

import ferry.event.TransferProgress.Sample;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;

/**
 * A progress bar on the screen, until it is closed. The library draws it at intervals on a daemon thread of its own; its consumer
 * is ours, since the library's would fork {@code stty} and load native code to learn what {@link Terminal} knows.
 */
final class ProgressBarView implements AutoCloseable {
    private static final int INTERVAL_MILLIS = 200;

    private final Console console;
    private final Supplier<Sample> samples;
    private final IntSupplier transfers;
    private final Supplier<String> remarks;
    private final SpeedMeter speed;
    private final ProgressBar bar;

    /**
     * @param samples asked on the bar's thread, as is the number of transfers
     * @param remarks why nothing moves; empty if it does
     */
    ProgressBarView(
            Console console, int columns, Supplier<Sample> samples, IntSupplier transfers, Supplier<String> remarks) {
        this.console = console;
        this.samples = samples;
        this.transfers = transfers;
        this.remarks = remarks;
        this.speed = new SpeedMeter(samples.get().moved(), System.nanoTime());
        // In the last column some terminals wrap already.
        int width = columns - 1;
        this.bar = new ProgressBarBuilder()
                .setConsumer(new DelegatingProgressBarConsumer(console::drawBar, width))
                .setRenderer(this::render)
                .setUpdateIntervalMillis(INTERVAL_MILLIS)
                // Else it is drawn only when its own counter has moved, which nobody moves: ours are sampled.
                .continuousUpdate()
                .build();
    }

    private String render(ProgressState state, int width) {
        Sample sample = samples.get();
        long bytesPerSecond = speed.measure(sample.moved(), System.nanoTime());
        return ProgressText.of(sample, transfers.getAsInt(), bytesPerSecond, remarks.get(), width);
    }

    /** Waits for the last drawing, and leaves no trace of it. */
    @Override
    public void close() {
        bar.close();
        console.removeBar();
    }
}
