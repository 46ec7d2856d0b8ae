package ferry.receive;

import ferry.error.TransferException;

/** Opens an {@link Inbox} for each transfer; for any thread. */
@FunctionalInterface
interface InboxFactory {
    /** Opens one; whoever asks closes it. */
    Inbox open() throws TransferException;
}
