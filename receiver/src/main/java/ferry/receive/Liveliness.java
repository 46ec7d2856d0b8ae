package ferry.receive;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Whether a transfer makes use of its place, docs/adr/0024. It does if, in the time in which it is its sender's turn, it brings
 * {@value #TRICKLE_BYTES} bytes of content or {@value #TRICKLE_FRAMES} frames of control every {@link #LONGEST}; who has not
 * brought as much once has {@link #BEGINNING} for it. Time in which the disk, or our own limit of speed, is what it waits for does
 * not count.
 *
 * <p>Thread-safe; its monitor guards everything and is held for a few instructions.
 */
final class Liveliness {
    static final int TRICKLE_BYTES = 16 << 10;
    static final int TRICKLE_FRAMES = 16;
    static final Duration LONGEST = Duration.ofSeconds(5);
    static final Duration BEGINNING = Duration.ofMillis(1500);

    private long since = System.nanoTime();
    private long bytes;
    private int frames;
    private boolean hasMoved;

    /** Steps of the transfer that are with the disk, and since when there is one. */
    private int atWork;

    private long atWorkSince;

    /** The transfer begins. */
    synchronized void start() {
        restart();
        hasMoved = false;
    }

    /** Content has arrived. */
    synchronized void moved(int count) {
        bytes += count;
        restartIfEnough();
    }

    /** Something else has arrived than content or a sign of life. */
    synchronized void heard() {
        frames++;
        restartIfEnough();
    }

    /** For so long the sender was held up by us. */
    synchronized void heldUp(long nanos) {
        since += nanos;
    }

    /** The same pool, watched: while a step is in it, it is not the sender's turn. */
    Executor watching(Executor pool) {
        return step -> {
            begin();
            pool.execute(() -> {
                try {
                    step.run();
                } finally {
                    end();
                }
            });
        };
    }

    synchronized void begin() {
        if (atWork == 0) {
            atWorkSince = System.nanoTime();
        }
        atWork++;
    }

    synchronized void end() {
        atWork--;
        if (atWork == 0) {
            since += System.nanoTime() - Math.max(atWorkSince, since);
        }
    }

    /** For how long it has been too slow; zero if it is not. */
    synchronized Duration idle() {
        long waited = System.nanoTime() - since;
        boolean isSlow = atWork == 0 && waited >= (hasMoved ? LONGEST : BEGINNING).toNanos();
        return isSlow ? Duration.ofNanos(waited) : Duration.ZERO;
    }

    private void restartIfEnough() {
        if (bytes >= TRICKLE_BYTES || frames >= TRICKLE_FRAMES) {
            restart();
            hasMoved = true;
        }
    }

    private void restart() {
        since = System.nanoTime();
        bytes = 0;
        frames = 0;
    }
}
