package ferry.net;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Holds what a sender writes, or a receiver reads, to so many bytes of content a second, in bursts of at most 50 ms.
 *
 * <p>Thread-safe: several streams share one. The monitor is held to do sums, never while waiting.
 */
public final class RateLimiter {
    private static final long NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int SMALLEST_PIECE = 512;
    private static final int LARGEST_PIECE = 1 << 20;

    /** The time that the limiter lives in; tests bring their own. */
    interface Clock {
        /** As {@link System#nanoTime}. */
        long nanos();

        void sleep(long nanos) throws InterruptedException;

        Clock SYSTEM = new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(long nanos) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(nanos);
            }
        };
    }

    private final OptionalLong bytesPerSecond;
    private final Clock clock;
    /** When all that was granted so far has had its time. */
    private long busyUntil;

    private RateLimiter(OptionalLong bytesPerSecond, Clock clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.busyUntil = clock.nanos();
    }

    /** A limiter for {@code bytesPerSecond}, 1 or more; empty lets everything through at once. */
    public static RateLimiter of(OptionalLong bytesPerSecond) {
        return of(bytesPerSecond, Clock.SYSTEM);
    }

    static RateLimiter of(OptionalLong bytesPerSecond, Clock clock) {
        if (bytesPerSecond.isPresent() && bytesPerSecond.getAsLong() < 1) {
            throw new IllegalArgumentException("limit of %d bytes/s".formatted(bytesPerSecond.getAsLong()));
        }
        return new RateLimiter(bytesPerSecond, clock);
    }

    /**
     * The most bytes to move after one {@link #acquire}, so that the network sees an even flow and not a burst and a
     * pause: what 50 ms allow, at least 512 bytes and at most 1 MiB.
     */
    public int largestPiece() {
        if (bytesPerSecond.isEmpty()) {
            return LARGEST_PIECE;
        }
        long piece = bytesPerSecond.getAsLong() / (NANOS_A_SECOND / BURST_NANOS);
        return Math.clamp(piece, SMALLEST_PIECE, LARGEST_PIECE);
    }

    /**
     * Returns when {@code bytes} more may be moved; at once after a pause that saved up enough for them. Callers
     * that may be asked to stop keep to {@link #largestPiece}, which bounds the wait: by about half a second at the lowest
     * rate that {@code --limit} takes.
     */
    public void acquire(int bytes) throws InterruptedException {
        if (bytesPerSecond.isEmpty()) {
            return;
        }
        long wait = reserve(bytes, bytesPerSecond.getAsLong());
        if (wait > 0) {
            clock.sleep(wait);
        }
    }

    private synchronized long reserve(int bytes, long rate) {
        long now = clock.nanos();
        long saved = Math.min(now - busyUntil, BURST_NANOS);
        long cost = Math.ceilDiv(bytes * NANOS_A_SECOND, rate);
        // Differences of nanoTime, never a comparison: its origin is arbitrary, and it may wrap around.
        long wait = cost - saved;
        busyUntil = now + wait;
        return wait;
    }
}
