package ferry.send;

import java.time.Duration;

/**
 * How a run goes on after its connection broke; immutable.
 *
 * @param most attempts to connect again in a row without progress; 0 for none
 * @param firstWait before the first of them; it doubles with each, up to {@link #longestWait}
 */
record RetryPolicy(int most, Duration firstWait) {
    /** What {@code --retries} is if nobody says: with the waits of {@link #DEFAULT_WAIT} four to eight minutes. */
    static final String DEFAULT_MOST = "20";

    /** What {@code --retry-wait} is if nobody says. */
    static final String DEFAULT_WAIT = "1s";

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    RetryPolicy {
        if (most < 0 || !firstWait.isPositive()) {
            throw new IllegalArgumentException("%d retries, the first after %s".formatted(most, firstWait));
        }
    }

    /** Whether a broken connection ends the run. */
    boolean isOff() {
        return most == 0;
    }

    /** Half a minute, or the first wait if that is longer. */
    Duration longestWait() {
        return firstWait.compareTo(LONGEST_WAIT) > 0 ? firstWait : LONGEST_WAIT;
    }
}
