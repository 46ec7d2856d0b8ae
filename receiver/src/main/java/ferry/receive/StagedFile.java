package ferry.receive;

import ferry.error.TransferException;
import java.nio.ByteBuffer;

/**
 * A file on its way in, which nobody sees before it is complete.
 *
 * <p>Its calls come from disk-pool threads, one at a time, each seeing what the one before wrote. Ends with
 * {@link #complete} or {@link #abandon}; after a failure only {@code abandon} may follow. Costs no file handle and
 * nothing on the disk before its first byte.
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

    /**
     * Makes the content durable and puts it under its final name, which is decided only now; a conflict found now gets
     * the policy. The receipt must wait for {@link Inbox#sync}. Whatever the end, nothing is left in staging.
     *
     * @param size how many bytes were sent
     * @throws TransferException the refusals of {@link Inbox#admit}, or STORAGE_FAILED
     */
    Placement complete(long size) throws TransferException;

    /** Deletes what was written and frees what was reserved. May be called at any time, also more than once. */
    void abandon();
}
