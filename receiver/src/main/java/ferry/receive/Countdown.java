package ferry.receive;

import java.time.Duration;

/** Time that several steps share; immutable, for any thread. */
final class Countdown {
    private final long end;

    private Countdown(long end) {
        this.end = end;
    }

    /** So much time from now on. */
    static Countdown of(Duration time) {
        return new Countdown(System.nanoTime() + time.toNanos());
    }

    /** What is left of it; zero if nothing is. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
