package ferry.receive;

import ferry.error.TransferException;

/** Opens an {@link Inbox} for each transfer; for any thread. */
@FunctionalInterface
interface InboxFactory {
    /** Opens one for a sender that has been let in; whoever asks closes it. For disk threads. */
    Inbox open(Visitor visitor) throws TransferException;
}
