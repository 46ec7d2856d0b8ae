package ferry.receive;

import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A file on its way in, which nobody sees before it is complete.
 *
 * <p>Its calls come from disk-pool threads, one at a time, each seeing what the one before wrote. Ends with
 * {@link #complete}, {@link #abandon} or {@link #keep}; after a failure only the last two may follow. Costs no file handle
 * and nothing on the disk before its first byte, but for what an earlier transfer has left.
 */
interface StagedFile {
    /**
     * Writes all bytes between position and limit, and moves the position to the limit.
     *
     * @param bytes best a direct buffer, which is not copied
     * @param offset where in the file the first of them belongs
     * @throws TransferException NO_SPACE, TOO_LARGE (an unknown size passed the limit) or STORAGE_FAILED
     */
    void write(ByteBuffer bytes, long offset) throws TransferException;

    /** All of a chunk has been written, and need not be sent to a later transfer that goes on with this file. */
    default void wrote(long chunk) {}

    /** Hashes a chunk that an earlier transfer has left; empty if there is no such thing, or it cannot be read. */
    default Optional<ChunkSum> sum(long chunk) {
        return Optional.empty();
    }

    /**
     * Makes the content durable and puts it under its final name, which is decided only now; a conflict found now gets
     * the policy. The receipt must wait for {@link Inbox#sync}. What could not be made durable is deleted at once, for
     * nobody knows what is on the disk of it.
     *
     * @param size how many bytes were sent
     * @throws TransferException the refusals of {@link Inbox#admit}, or STORAGE_FAILED
     */
    Placement complete(long size) throws TransferException;

    /**
     * The same, where it is known what the content should be. Whoever reads it again anyway holds it against that.
     *
     * @param crc32c of all that was sent
     * @throws TransferException CORRUPT_FILE if it can be told that something else is stored; then it is deleted
     */
    default Placement complete(long size, int crc32c) throws TransferException {
        return complete(size);
    }

    /** Deletes what was written and frees what was reserved. May be called at any time, also more than once. */
    void abandon();

    /** The same, but leaves what is whole to a later transfer, if it can be found again. */
    default void keep() {
        abandon();
    }
}
