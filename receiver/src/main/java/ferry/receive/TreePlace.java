package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.error.TransferException;
import java.io.IOException;

/** Where the tree of an {@link AtomicInbox} comes to be; as thread-safe as that. */
interface TreePlace {
    /** As {@link Inbox#admit}. */
    Admission admit(Entry.File file) throws TransferException;

    /** As {@link Inbox#defer(long, Entry.Directory)}. */
    void defer(long id, Entry.Directory directory) throws TransferException;

    /** As {@link Inbox#defer(long, Entry.Link)}. */
    void defer(long id, Entry.Link link) throws TransferException;

    /** A file of so many bytes is complete. */
    void stored(Placement placement, long bytes);

    /**
     * Puts the tree in place, and makes it durable. Once, when all of it is there.
     *
     * @param entries all of it
     * @param listener is asked whether to go on before the tree gets its name, and told nothing
     * @return what all its receipts say
     * @throws TransferException if it is not there, or not known to be durable
     */
    Outcome settle(TreeEntries entries, SettleListener listener) throws TransferException, IOException;

    /** Removes what the transfer has staged, or keeps it if another one may go on with it. */
    void close();
}
