package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Judges a receiver that says nothing but that it is alive (docs/PROTOCOL.md, section 6): it may for as long as it takes to store a
 * file or to wait for whoever reads its standard output, but not for ever, and not in a flood. For the reader's thread.
 */
final class KeepAliveWatch {
    /** For how long a receiver may neither answer nor take a byte, though it is its turn. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** What may have gathered while a connection was held up. */
    private static final long MOST_AT_ONCE = 10_000;

    /** Three times what a receiver needs that must be heard every third of the shortest silence limit. */
    private static final long MOST_A_SECOND = 10;

    private static final long NANOS_A_SECOND = 1_000_000_000;

    private final String peer;
    private final Duration longest;
    private final LongSupplier nanoClock;
    private final LongSupplier bytesMoved;
    private final BooleanSupplier itsTurn;

    private long since;
    private long movedBefore;
    private long beganRow;
    private long inARow;

    /**
     * @param timeout how long the receiver may be silent; if that is longer than {@link #LONGEST}, it takes its place
     * @param bytesMoved content that the connection has taken so far
     * @param itsTurn whether the receiver can be expected to answer or to take something; asked only when that has lasted too long
     */
    KeepAliveWatch(
            String peer, Duration timeout, LongSupplier nanoClock, LongSupplier bytesMoved, BooleanSupplier itsTurn) {
        this.peer = peer;
        this.longest = timeout.compareTo(LONGEST) > 0 ? timeout : LONGEST;
        this.nanoClock = nanoClock;
        this.bytesMoved = bytesMoved;
        this.itsTurn = itsTurn;
        answered();
    }

    /** The receiver has said something else. */
    void answered() {
        since = nanoClock.getAsLong();
        movedBefore = bytesMoved.getAsLong();
        beganRow = since;
        inARow = 0;
    }

    /**
     * The receiver has said KEEPALIVE.
     *
     * @throws TransferException TIMEOUT if it has said nothing else for too long; PROTOCOL_VIOLATION if it says so too often
     */
    void keptAlive() throws TransferException {
        long now = nanoClock.getAsLong();
        inARow++;
        if (inARow > MOST_AT_ONCE + MOST_A_SECOND * ((now - beganRow) / NANOS_A_SECOND)) {
            throw new TransferException(
                    ErrorCode.PROTOCOL_VIOLATION,
                    "receiver",
                    "%d KEEPALIVEs in a row, more than %d a second".formatted(inARow, MOST_A_SECOND));
        }
        long moved = bytesMoved.getAsLong();
        if (moved != movedBefore) {
            since = now;
            movedBefore = moved;
        } else if (now - since >= longest.toNanos() && itsTurn.getAsBoolean()) {
            throw new TransferException(
                    ErrorCode.TIMEOUT,
                    peer,
                    "for %d minutes it has said only that it is alive, and taken no content"
                            .formatted(longest.toMinutes()));
        }
    }
}
