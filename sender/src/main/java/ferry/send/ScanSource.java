package ferry.send;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** The entries of a transfer as the scan finds them; it outlives a session that broke. Thread-safe. */
interface ScanSource {
    /** What comes next. */
    sealed interface Next {
        record Found(SourceEntry entry) implements Next {}

        /** All was found; what failed to be read has been told already. */
        record End() implements Next {}
    }

    /** Waits for the next entry; after the last one, and after {@code close}, always {@link Next.End}. */
    Next take() throws InterruptedException;

    /** As {@link #take}, but empty if nothing came within {@code patience}, which may be zero. */
    Optional<Next> poll(Duration patience) throws InterruptedException;

    /**
     * Sets who is told when something can be taken again after nothing could: an entry, or the end. Replaces the one
     * before. Called on the scan's thread, without a lock held; it returns soon.
     */
    void whenReady(Runnable wake);

    /** Gives back entries that have no final answer, in their order; they come first when the next session takes. */
    void putBack(Collection<? extends SourceEntry> entries);
}
