package ferry.receive;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets the thread that has read a piece of a stream write it too, while the disk takes what it is given at once: the piece is
 * in that core's cache, and no other thread need be woken.
 *
 * <p>Such a thread is virtual, and keeps its carrier while it writes (ADR 33). So only half of the carriers may be writing
 * at a time, and none for a while after a write that took long. Thread-safe.
 */
final class DiskShortcut {
    /** A write that takes longer has waited for the disk, and not for memory. */
    static final Duration SLOW = Duration.ofMillis(20);

    /** For how long everything takes the longer way after such a write. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private final Semaphore carriers;
    private final int most;
    private final Clock clock;
    private volatile long earliest;

    /** Tells a time in nanoseconds, from any origin. */
    @FunctionalInterface
    interface Clock {
        long nanos();
    }

    /** @param most how many threads may be writing at a time */
    DiskShortcut(int most, Clock clock) {
        this.most = most;
        this.carriers = new Semaphore(most);
        this.clock = clock;
        this.earliest = clock.nanos();
    }

    /** For a receiver on this machine. */
    static DiskShortcut ofMachine() {
        return new DiskShortcut(Runtime.getRuntime().availableProcessors() / 2, System::nanoTime);
    }

    /** Runs the step, on the caller's thread; or says no, and then nothing has run. */
    boolean tryRun(Runnable step) {
        long begin = clock.nanos();
        if (begin - earliest < 0 || !carriers.tryAcquire()) {
            return false;
        }
        try {
            step.run();
        } finally {
            long end = clock.nanos();
            if (end - begin > SLOW.toNanos()) {
                earliest = end + PAUSE.toNanos();
            }
            carriers.release();
        }
        return true;
    }

    /** Lets no step begin any more, and waits until none runs; returns whether that is so. Also when the caller is interrupted. */
    boolean close(Duration patience) {
        boolean interrupted = false;
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                try {
                    return carriers.tryAcquire(most, end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
