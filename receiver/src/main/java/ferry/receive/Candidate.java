package ferry.receive;

import ferry.error.TransferException;
import java.util.Optional;

/**
 * A file at the receiver that may be the one that is offered, or an older version of it: it has the name, or a numbered one.
 *
 * <p>For disk-pool threads, one at a time. Holds no file handle between calls, so it need not be closed.
 */
interface Candidate {
    /** Whether it has the offered size; else it can only have chunks in common with what is offered. */
    boolean mayBeTheSame();

    /** How many chunks of the offered file it reaches over, from the first on. */
    long chunks();

    /**
     * Hashes a chunk of it.
     *
     * @return empty if the file has changed since the offer or cannot be read: then the chunk must be sent
     */
    Optional<ChunkSum> sum(long chunk);

    /**
     * Copies a chunk of it into the staged file.
     *
     * @return what was copied, hashed on its way, for it may differ from what {@link #sum} has seen; empty if the file
     *     has changed since the offer or cannot be read: then the chunk must be sent, whatever was copied of it
     * @throws TransferException if the staged file cannot be written
     */
    Optional<ChunkSum> copy(long chunk, StagedFile into) throws TransferException;

    /**
     * To be called when a chunk is not the same, and so neither is the file: the policies {@code skip} and
     * {@code fail} refuse then, before data flows in vain.
     *
     * @throws TransferException SKIPPED or CONFLICT
     */
    void differs() throws TransferException;

    /**
     * To be called when every chunk was the same: makes the file durable if it has not changed since the offer.
     *
     * @return its placement, whose receipt must wait for {@link Inbox#sync}; empty if it has changed: then everything
     *     must be sent
     * @throws TransferException STORAGE_FAILED if it cannot be made durable
     */
    Optional<Placement> same(int crc32c) throws TransferException;
}
