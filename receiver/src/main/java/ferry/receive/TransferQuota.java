package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** The limits of {@code --max-size}, and how much of them one transfer has used. Thread-safe. */
final class TransferQuota {
    private final long maxFile;
    private final long maxTransfer;
    private final AtomicLong used = new AtomicLong();

    TransferQuota(OptionalLong maxFile, OptionalLong maxTransfer) {
        this.maxFile = maxFile.orElse(Long.MAX_VALUE);
        this.maxTransfer = maxTransfer.orElse(Long.MAX_VALUE);
    }

    /**
     * Refuses a file of this size.
     *
     * @throws TransferException TOO_LARGE
     */
    void requireAllowed(Object what, long fileSize) throws TransferException {
        if (fileSize > maxFile) {
            throw tooLarge(what, "%d bytes, at most %d are accepted for a file".formatted(fileSize, maxFile));
        }
    }

    /**
     * Counts bytes that the transfer stores.
     *
     * @throws TransferException TOO_LARGE if they would be too many for one transfer
     */
    void take(Object what, long bytes) throws TransferException {
        while (true) {
            long before = used.get();
            if (bytes > maxTransfer - before) {
                throw tooLarge(
                        what,
                        "%d bytes on top of %d, at most %d are accepted for a transfer"
                                .formatted(bytes, before, maxTransfer));
            }
            if (used.compareAndSet(before, before + bytes)) {
                return;
            }
        }
    }

    /** Counts bytes as not stored after all. */
    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    private static TransferException tooLarge(Object what, String why) {
        return new TransferException(ErrorCode.TOO_LARGE, what.toString(), why);
    }
}
