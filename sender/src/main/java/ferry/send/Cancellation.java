package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stops a run wherever it is: while it waits for a connection its thread is interrupted, while a session runs the session
 * is asked, since a thread that may be in file I/O is never interrupted. Thread-safe; its monitor is held for a few
 * instructions, and while a session is asked, which does not block.
 */
final class Cancellation {
    private @Nullable ErrorCode cause;
    private @Nullable Thread waiter;
    private @Nullable TransferSession session;

    /** The calling thread is about to wait for a connection, and may be interrupted until it enters a session. */
    synchronized void connecting() throws InterruptedException {
        requireNone();
        waiter = Thread.currentThread();
    }

    /** The running thread goes into a session, and is no longer interrupted. */
    synchronized void enter(TransferSession next) throws InterruptedException {
        waiter = null;
        requireNone();
        session = next;
    }

    /** The session is over; what it came to stands, whoever cancels now. */
    synchronized void leave() {
        session = null;
    }

    /** Stops the run; the first call decides why. */
    synchronized void cancel(ErrorCode why) {
        if (cause != null) {
            return;
        }
        cause = why;
        if (session != null) {
            session.cancel(why);
        } else if (waiter != null) {
            waiter.interrupt();
        }
    }

    /** Why the run was stopped, if it was. */
    synchronized Optional<ErrorCode> cause() {
        return Optional.ofNullable(cause);
    }

    /** The error for a run that was stopped; its thread may also have been interrupted by somebody else. */
    TransferException reason(String what) {
        ErrorCode code = cause().orElse(ErrorCode.INTERRUPTED);
        return new TransferException(code, what, code.meaning());
    }

    private void requireNone() throws InterruptedException {
        if (cause != null) {
            // It may have been interrupted while it was about to go on.
            Thread.interrupted();
            throw new InterruptedException(cause.meaning());
        }
    }
}
