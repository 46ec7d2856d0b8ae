package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a transfer has one live session at a time. When its sender comes back over another connection, the session before
 * is ended, as is one of the same owner from which nothing has been heard for two keep-alives; the new one begins when they, and
 * those of the same owner whose connections have broken, have let go of the disk. Who has no owner takes over from nobody. Thread-safe; its monitor guards who is live, and is held for a
 * few instructions and while waiting.
 */
final class Takeover {
    /** Shorter than senders wait for WELCOME. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** Of the three keep-alives that a sender owes in each silence limit. */
    private static final int MISSED = 2;

    private static final int OWED = 3;

    private final Duration longestWait;
    private final Duration silence;
    private final Set<Guest> live = new HashSet<>();

    /** @param silenceLimit what senders are told that we bear */
    Takeover(Duration silenceLimit, Duration longestWait) {
        this.silence = silenceLimit.multipliedBy(MISSED).dividedBy(OWED);
        this.longestWait = longestWait;
    }

    /**
     * Takes over from the sessions that this guest's ends, and waits until they have ended. {@link #leave} must follow.
     *
     * @throws TransferException BUSY if that takes too long, as on a disk that is stuck; CONNECTION_LOST if another has taken
     *     over from this one meanwhile
     */
    void enter(Guest guest) throws TransferException, InterruptedException {
        Set<Guest> before = rivals(guest);
        before.forEach(Guest::makeWay);
        await(guest, before);
    }

    /** The guest's session has let go of the disk, or never began. */
    synchronized void leave(Guest guest) {
        if (live.remove(guest)) {
            notifyAll();
        }
    }

    private synchronized Set<Guest> rivals(Guest guest) {
        List<Guest> before = live.stream()
                .filter(other -> guest.isTransferOf(other)
                        || (guest.isOwnedAs(other)
                                && (other.hasLeft() || other.silence().compareTo(silence) >= 0)))
                .toList();
        live.add(guest);
        return new HashSet<>(before);
    }

    private synchronized void await(Guest guest, Set<Guest> before) throws TransferException, InterruptedException {
        long end = System.nanoTime() + longestWait.toNanos();
        // Those among them that wait here themselves.
        notifyAll();
        before.retainAll(live);
        while (!before.isEmpty()) {
            long left = end - System.nanoTime();
            if (guest.hasMadeWay()) {
                throw Guest.cameBack();
            }
            if (left <= 0) {
                throw new TransferException(
                        ErrorCode.BUSY,
                        "receiver",
                        "its disk is not done yet with what the last connection of this sender has sent");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
            before.retainAll(live);
        }
        if (guest.hasMadeWay()) {
            throw Guest.cameBack();
        }
    }
}
