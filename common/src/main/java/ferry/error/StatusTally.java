package ferry.error;

import java.util.EnumSet;
import java.util.Set;

/**
 * Takes note of the final answers of a transfer's entries and says which exit status they add up to.
 *
 * <p>Thread-safe; its monitor is held for a few instructions only. A failure of the transfer as a whole (the
 * connection is lost for good, the user stops it) is not counted here: its own code gives the status.
 */
public final class StatusTally {
    private final Set<ExitStatus> causes = EnumSet.noneOf(ExitStatus.class);
    private boolean hasSuccess;

    /** Counts an entry that is at the receiver under its final name. */
    public synchronized void succeeded() {
        hasSuccess = true;
    }

    /** Counts an entry that is not; an entry left out because a different file exists is {@link ErrorCode#SKIPPED}. */
    public synchronized void failed(ErrorCode code) {
        causes.add(code.exitStatus());
    }

    /**
     * {@link ExitStatus#DONE} if nothing failed; if everything failed and for one cause, that cause's status; else
     * {@link ExitStatus#PARTIAL}. Codes with the same status are one cause: it is all that a script can tell apart.
     */
    public synchronized ExitStatus status() {
        if (causes.isEmpty()) {
            return ExitStatus.DONE;
        }
        if (hasSuccess || causes.size() > 1) {
            return ExitStatus.PARTIAL;
        }
        return causes.iterator().next();
    }
}
