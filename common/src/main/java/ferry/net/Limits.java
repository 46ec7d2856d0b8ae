package ferry.net;

import ferry.net.ConnectionTimeoutException.Expiry;
import ferry.net.ConnectionTimeoutException.Limit;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one connection, and since when it has been inside a read or a write. Set by any thread, kept by the watchdog's and by
 * the two that read and write; nothing is locked, and nothing allocated per read.
 */
final class Limits {
    private final OperationClock reading = new OperationClock();
    private final OperationClock writing = new OperationClock();
    private final AtomicReference<@Nullable Expiry> expiry = new AtomicReference<>();
    private volatile @Nullable Limit readSilence;
    private volatile @Nullable Limit writeSilence;
    private volatile @Nullable Deadline deadline;

    private record Deadline(long atNanos, Limit limit) {
        boolean isOver(long nowNanos) {
            return nowNanos - atNanos >= 0;
        }
    }

    /** The clock of the reading thread. */
    OperationClock reading() {
        return reading;
    }

    /** The clock of the writing thread. */
    OperationClock writing() {
        return writing;
    }

    void silence(Duration length, String state) {
        heard(length, state);
        writeSilence = readSilence;
    }

    /** Counts reads alone. */
    void heard(Duration length, String state) {
        readSilence = length.isZero() ? null : new Limit(length, state);
        writeSilence = null;
    }

    void deadline(Duration length, String state) {
        deadline = new Deadline(System.nanoTime() + length.toNanos(), new Limit(length, state));
    }

    void clearDeadline() {
        deadline = null;
    }

    /** Which limit was passed first, if any. */
    @Nullable
    Expiry expiry() {
        return expiry.get();
    }

    /** Whether the deadline is over; a peer that sends a byte now and then is rarely caught inside a read, so each one asks. */
    boolean passesDeadline(long nowNanos) {
        Deadline last = deadline;
        return last != null && last.isOver(nowNanos) && pass(new Expiry(Expiry.Kind.DEADLINE, last.limit()));
    }

    /** Whether a thread has been inside a read or a write for too long; true once. */
    boolean passesAny(long nowNanos) {
        if (!reading.isRunning() && !writing.isRunning()) {
            return false;
        }
        if (passesDeadline(nowNanos)) {
            return true;
        }
        return passes(reading, readSilence, Expiry.Kind.SILENT_READ, nowNanos)
                || passes(writing, writeSilence, Expiry.Kind.STUCK_WRITE, nowNanos);
    }

    private boolean passes(OperationClock clock, @Nullable Limit limit, Expiry.Kind kind, long nowNanos) {
        return limit != null && clock.hasRunFor(limit.length().toNanos(), nowNanos) && pass(new Expiry(kind, limit));
    }

    private boolean pass(Expiry reason) {
        return expiry.compareAndSet(null, reason);
    }
}
