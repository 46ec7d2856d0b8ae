package ferry.receive;

import ferry.error.TransferException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a transfer goes on, was stopped from this side, or cannot be stopped any more, since what it does last is about to be seen
 * by everybody: from then on nobody may be told that it was stopped. Thread-safe; its monitor is held for a few instructions.
 */
final class Course {
    private volatile @Nullable TransferException fault;
    private boolean decided;

    /** Stops the transfer, unless it was stopped before or cannot be any more; returns whether that is so now for this reason. */
    synchronized boolean stop(TransferException reason) {
        return !decided && fail(reason);
    }

    /** The same for whoever has decided it, and has failed. */
    synchronized boolean fail(TransferException reason) {
        boolean isFirst = fault == null;
        if (isFirst) {
            fault = reason;
        }
        return isFirst;
    }

    /**
     * From now on the transfer cannot be stopped.
     *
     * @throws TransferException why it was stopped, if it was
     */
    synchronized void decide() throws TransferException {
        requireGoingOn();
        decided = true;
    }

    synchronized boolean isDecided() {
        return decided;
    }

    /** Throws the reason for which the transfer was stopped, if it was. */
    void requireGoingOn() throws TransferException {
        TransferException reason = fault;
        if (reason != null) {
            throw reason;
        }
    }

    /** Why the transfer was stopped from this side, if it was. */
    Optional<TransferException> fault() {
        return Optional.ofNullable(fault);
    }
}
