package ferry.net;

import java.time.Duration;

/** Since when one direction of a connection has been inside the system; written by the thread that is, read by the watchdog. */
final class OperationClock {
    private static final long STOPPED = 0;

    private volatile long since = STOPPED;

    /** Starts, or starts anew because there was progress. */
    void begin(long nowNanos) {
        // A nanosecond more or less keeps a running clock different from a stopped one.
        since = nowNanos | 1;
    }

    void end() {
        since = STOPPED;
    }

    boolean isRunning() {
        return since != STOPPED;
    }

    /** For how long it has run; zero if it does not. */
    Duration elapsed(long nowNanos) {
        long start = since;
        return start == STOPPED ? Duration.ZERO : Duration.ofNanos(nowNanos - start);
    }

    boolean hasRunFor(long nanos, long nowNanos) {
        long start = since;
        return start != STOPPED && nowNanos - start >= nanos;
    }
}
