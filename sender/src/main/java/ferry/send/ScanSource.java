package ferry.send;

import ferry.error.TransferException;

/** The entries of a transfer as the scan finds them; it outlives a session that broke. Thread-safe. */
interface ScanSource {
    /** What comes next. */
    sealed interface Next {
        record Found(SourceEntry entry) implements Next {}

        /** Something failed without which the rest is of no use, as was told. */
        record Failed(TransferException cause) implements Next {}

        /** All was found; what failed to be read has been told already. */
        record End() implements Next {}
    }

    /** Waits for the next entry; after the last one, and after {@code close}, always {@link Next.End}; after a failure always that. */
    Next take() throws InterruptedException;
}
