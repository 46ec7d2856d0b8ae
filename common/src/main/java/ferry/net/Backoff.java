package ferry.net;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * How long to pause before the next try: twice as long each time up to a cap, a random part of it so that many who failed together do
 * not come back together, until a total time is over. The time runs from the creation. For one thread.
 */
public final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration CAP = Duration.ofSeconds(2);

    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final long endNanos;
    private final long capNanos;
    private long stepNanos;

    Backoff(Duration first, Duration cap, Duration total, RandomGenerator random, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.random = random;
        this.stepNanos = first.toNanos();
        this.capNanos = cap.toNanos();
        this.endNanos = nanoClock.getAsLong() + total.toNanos();
    }

    /** Tries again within this time (zero: never), after 50-100 ms at first and 1-2 s later. */
    public static Backoff within(Duration total) {
        return new Backoff(FIRST, CAP, total, RandomGenerator.getDefault(), System::nanoTime);
    }

    /** Never tries again. */
    public static Backoff none() {
        return within(Duration.ZERO);
    }

    /** Pauses without an end, for what must go on until somebody else ends it. */
    public static Backoff unending(Duration first, Duration cap) {
        return new Backoff(first, cap, Duration.ofDays(365 * 100L), RandomGenerator.getDefault(), System::nanoTime);
    }

    /** The time that is left, never negative. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, endNanos - nanoClock.getAsLong()));
    }

    /** How long to pause before the next try, or empty when the time is over. The last try falls on the end of the time. */
    public Optional<Duration> next() {
        long left = remaining().toNanos();
        if (left == 0) {
            return Optional.empty();
        }
        long pause = stepNanos / 2 + random.nextLong(stepNanos / 2 + 1);
        stepNanos = Math.min(2 * stepNanos, capNanos);
        return Optional.of(Duration.ofNanos(Math.min(pause, left)));
    }

    /**
     * Sleeps until the next try is due.
     *
     * @return false when the time is over
     */
    public boolean pause() throws InterruptedException {
        Optional<Duration> pause = next();
        if (pause.isEmpty()) {
            return false;
        }
        Thread.sleep(pause.get());
        return true;
    }
}
