package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.net.Connection;

/** What speaks to the receiver over one connection, in one of the protocols. Used once. */
interface TransferSession {
    /** Makes the session for a connection; it sends nothing yet. */
    @FunctionalInterface
    interface Factory {
        TransferSession over(Connection connection, Transfer transfer);
    }

    /** How far a session has come with its receiver. */
    enum Contact {
        /** It has said nothing: nobody knows whether there is one. */
        NONE,
        /** It has shown a key, or said something. */
        MADE,
        /** It has taken up the transfer. */
        WELCOMED
    }

    /** How a session ended that did not fail. */
    sealed interface Ending {
        /**
         * Every entry has its final answer, which the report was told.
         *
         * @param limitedBy what it waited for most of the time
         */
        record Complete(Bottleneck limitedBy) implements Ending {}

        /**
         * The receiver answered nothing at all, as when its accept queue overflows or it is full; the same may be tried
         * again over another connection. It has no entries but the one that it was made for.
         */
        record Unanswered(TransferException cause) implements Ending {}

        /**
         * The connection broke, or the receiver has sent us away for now: what has no final answer was put back, for a session over
         * another connection.
         *
         * @param cause why; its code is worth a retry
         * @param contact how far it had come with the receiver
         */
        record Broken(TransferException cause, Contact contact) implements Ending {}
    }

    /**
     * Runs to the end; the calling thread blocks. The connection stays open, for the caller to close.
     *
     * @throws TransferException if the transfer ends early, or {@link #cancel} was called
     */
    Ending run() throws TransferException, InterruptedException;

    /**
     * Ends the session soon and as politely as its protocol allows, from any thread and without blocking; {@link #run}
     * then throws with this code.
     *
     * @param why {@link ErrorCode#INTERRUPTED} or {@link ErrorCode#TERMINATED}
     */
    void cancel(ErrorCode why);
}
