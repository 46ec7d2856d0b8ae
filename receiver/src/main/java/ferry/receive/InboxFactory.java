package ferry.receive;

import ferry.error.TransferException;

/** Opens an {@link Inbox} for each transfer; for any thread. */
@FunctionalInterface
interface InboxFactory {
    /** Opens one for a sender that may do so much; whoever asks closes it. For disk threads. */
    Inbox open(Grant grant) throws TransferException;
}
