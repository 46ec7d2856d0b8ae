package ferry.receive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a transfer that the receiver has still to answer, and the answers to files that nobody has taken to write
 * them. Thread-safe; its monitor is held for a few instructions.
 */
final class OpenEntries {
    private final Map<Long, IncomingFile> files = new HashMap<>();
    private int open;
    private @Nullable Runnable whenNone;

    /**
     * Waits until fewer than so many are open. With a limit beyond the credit, more than what waits for the sender is open then,
     * so it is the turn of the disk, or of a sender that does not read what it is answered.
     */
    synchronized void awaitFewerThan(int limit) throws InterruptedException {
        while (open >= limit) {
            wait();
        }
    }

    /** A file was offered. */
    synchronized void open(IncomingFile file) {
        files.put(file.number(), file);
        open++;
    }

    /** Something else has begun that must end before the transfer may: an entry without content, or an answer's way out. */
    synchronized void open() {
        open++;
    }

    synchronized Optional<IncomingFile> find(long number) {
        return Optional.ofNullable(files.get(number));
    }

    synchronized List<IncomingFile> files() {
        return new ArrayList<>(files.values());
    }

    void close(IncomingFile file) {
        synchronized (this) {
            files.remove(file.number());
        }
        close();
    }

    /** What {@link #open()} began has ended. */
    void close() {
        Runnable action;
        synchronized (this) {
            open--;
            action = takeAction();
            notifyAll();
        }
        action.run();
    }

    /**
     * Runs the action once, on the thread that closes the last entry, or now if none is open. It counts as open from then on,
     * until it calls {@link #close()} itself.
     */
    void whenNone(Runnable action) {
        Runnable now;
        synchronized (this) {
            whenNone = action;
            now = takeAction();
        }
        now.run();
    }

    /** What was to be done when none is open, and has not begun, is not done any more. */
    synchronized void forgetAction() {
        whenNone = null;
    }

    /** Waits until nothing is open, however long the disk takes; an interrupt is kept for later. */
    synchronized void awaitNone() {
        boolean interrupted = false;
        while (open > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Runnable takeAction() {
        if (open > 0 || whenNone == null) {
            return () -> {};
        }
        Runnable action = whenNone;
        whenNone = null;
        open++;
        return action;
    }
}
