package ferry.send;

import ferry.net.Backoff;
import java.time.Duration;
import java.util.Optional;

/**
 * Counts the attempts to connect again, and says how long to wait before each (docs/adr/0025). For the thread that runs the
 * {@link Sender}.
 */
final class Retries {
    /** Which attempt comes next, and how long to wait before it. */
    record Attempt(int number, Duration pause) {}

    private final RetryPolicy policy;
    private Backoff waits;
    private int attempts;
    private long answers;
    private long furthest;

    Retries(RetryPolicy policy) {
        this.policy = policy;
        this.waits = newWaits();
    }

    /**
     * A connection over which a session spoke is lost. The count begins anew if it has brought final answers, or has come further with
     * those that it lacks than any connection since the last answer: content alone proves nothing, since a receiver that breaks
     * at the same byte each time takes some too.
     *
     * @param answersSoFar final answers of the whole run
     * @param reached bytes of content without a final answer that the connection got through, sent or proved to be there
     */
    void lost(long answersSoFar, long reached) {
        if (answersSoFar > answers) {
            answers = answersSoFar;
            furthest = reached;
            beginAnew();
        } else if (reached > furthest) {
            furthest = reached;
            beginAnew();
        }
    }

    /** How many there are in a row, at most. */
    int most() {
        return policy.most();
    }

    /** The next attempt, or empty if there were enough. */
    Optional<Attempt> next() {
        if (attempts >= policy.most()) {
            return Optional.empty();
        }
        attempts++;
        return Optional.of(new Attempt(attempts, waits.next().orElseThrow()));
    }

    private void beginAnew() {
        attempts = 0;
        waits = newWaits();
    }

    private Backoff newWaits() {
        return Backoff.unending(policy.firstWait(), policy.longestWait());
    }
}
