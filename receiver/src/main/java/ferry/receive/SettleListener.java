package ferry.receive;

import ferry.entry.Entry;
import ferry.error.TransferException;

/**
 * Hears what became of deferred entries: exactly one call for each, on the thread that settles. Must be quick.
 *
 * <p>It may wait for the receipts to leave, so that they do not pile up; nothing is locked meanwhile.
 */
interface SettleListener {
    /**
     * All entries are about to be placed in one step. Once this has returned, nobody is told any more that they were not placed, unless
     * that fails; before the other calls, and not where entries are placed one by one.
     *
     * @throws TransferException if the transfer was stopped: then nothing may be placed
     */
    default void requireGoingOn() throws TransferException {}

    /** The entry, which was offered with this number, is in place and as durable as the placement says. */
    void settled(long id, Entry entry, Placement placement);

    /** The same for a file, of an inbox that defers files. */
    default void settled(long id, Entry.File file, Placement placement, IncomingFile.Whole whole) {
        throw new IllegalStateException("no file is deferred here: " + file.path());
    }

    /** The entry, which was offered with this number, has failed. */
    void failed(long id, Entry entry, TransferException reason);
}
