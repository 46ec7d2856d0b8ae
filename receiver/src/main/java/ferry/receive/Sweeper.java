package ferry.receive;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Removes once an hour what nobody has come back for, on a thread of its own until it is closed. */
final class Sweeper implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofHours(1);

    private final ScheduledExecutorService thread;

    private Sweeper(ScheduledExecutorService thread) {
        this.thread = thread;
    }

    static Sweeper start(Runnable sweep) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("ferry-sweep").daemon().factory());
        var _ = thread.scheduleWithFixedDelay(sweep, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        return new Sweeper(thread);
    }

    /** Waits for a sweep that is under way, for it must not be interrupted. */
    @Override
    public void close() {
        thread.close();
    }
}
