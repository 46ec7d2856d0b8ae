package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.Placing;
import ferry.error.TransferException;
import java.util.Collection;
import java.util.Map;

/**
 * Where the entries of one transfer go; all that a session knows of the disk.
 *
 * <p>Made by an {@link InboxFactory}. Thread-safe: steps of different entries call it at once, from disk-pool threads,
 * for every call may do I/O. Such threads are never interrupted, since that would close the file they work on.
 */
interface Inbox extends AutoCloseable {
    /**
     * Judges an offered file, and reserves the space that it needs.
     *
     * @throws TransferException if it is refused: NAME_REFUSED, KIND_CONFLICT, CONFLICT, SKIPPED, TOO_LARGE, NO_SPACE,
     *     NOT_ALLOWED or STORAGE_FAILED
     */
    Admission admit(Entry.File file) throws TransferException;

    /**
     * The same inbox for one thread, that admits and completes some files and then syncs them, within milliseconds: it may look
     * at a directory once for all of them, if it looks again when it syncs.
     */
    default Inbox forOneGo() {
        return this;
    }

    /**
     * Creates an offered directory, or checks the one that is there, and lists it for {@link #settle}.
     *
     * @param id the session's own number for the entry, which {@link SettleListener} gets back
     * @throws TransferException if it is refused: NAME_REFUSED, KIND_CONFLICT, NO_SPACE, NOT_ALLOWED or STORAGE_FAILED
     */
    void defer(long id, Entry.Directory directory) throws TransferException;

    /**
     * Checks an offered symbolic link, and lists it for {@link #settle}; nothing appears under its name before.
     *
     * @param id the session's own number for the entry, which {@link SettleListener} gets back
     * @throws TransferException if it is refused: NAME_REFUSED, KIND_CONFLICT, NO_SPACE, NOT_ALLOWED or STORAGE_FAILED
     */
    void defer(long id, Entry.Link link) throws TransferException;

    /**
     * Takes note of a complete file whose final answer has to wait for {@link #settle}.
     *
     * @param id the session's own number for the entry, which {@link SettleListener} gets back
     * @param placement as {@link StagedFile#complete} or the comparison gave it
     * @return whether it has to; if not, its receipt may go out when {@link #sync} has returned
     * @throws TransferException if that cannot be noted, so that the file has failed
     */
    default boolean defer(long id, Entry.File file, Placement placement, IncomingFile.Whole whole)
            throws TransferException {
        return false;
    }

    /** An entry was offered, and will not come, unless the same path is offered again. */
    default void lacks(String path, String why) {}

    /**
     * The sender has ended an entry by itself which is deferred here, and so has no final answer coming. Any thread.
     *
     * @param id the session's own number for the entry; perhaps of one that is not deferred
     */
    default void withdrawn(long id) {}

    /** How what arrives here comes under its final names. */
    default Placing placing() {
        return Placing.ONE_BY_ONE;
    }

    /**
     * Makes the names of placed files durable, each directory once; a receipt may go out when this has returned.
     *
     * @return those of the placements that are not durable, and why; empty when all is well
     */
    Map<Placement, TransferException> sync(Collection<Placement> placements);

    /**
     * Puts the deferred entries in place: first the links, then the modes and times of directories, deepest first.
     *
     * <p>To be called once, when every file has its final answer and no more is offered. Takes as much memory for a
     * million entries as for one.
     *
     * @param listener hears of each deferred entry once, on the calling thread, when it is durable or has failed
     * @throws TransferException STORAGE_FAILED if the list itself cannot be read; entries not told of have failed too
     */
    void settle(SettleListener listener) throws TransferException;

    /** Bytes that a new transfer may count on now; {@link Long#MAX_VALUE} if nobody knows. */
    long freeSpace();

    /** Removes what the transfer has staged and not placed. No other call may be running or follow. */
    @Override
    void close();
}
