package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The free space of the disk, less what was promised to accepted files and is not written yet. One for all transfers of
 * a receiver, so that two that fit alone but not together are told so before their data flows. Thread-safe.
 */
final class SpaceBudget {
    /** Left free for directories, lists and the file system's own needs, in bytes. */
    static final long RESERVE = 1 << 20;

    private final FreeSpace space;
    private final AtomicLong promised = new AtomicLong();

    SpaceBudget(FreeSpace space) {
        this.space = space;
    }

    /**
     * Promises so many bytes to a file.
     *
     * @throws TransferException NO_SPACE
     */
    void promise(Object what, long bytes) throws TransferException {
        if (bytes == 0) {
            return;
        }
        long usable = usable();
        while (true) {
            long before = promised.get();
            long available = Math.max(0, usable - before);
            if (bytes > available) {
                throw new TransferException(
                        ErrorCode.NO_SPACE,
                        what.toString(),
                        "%d bytes are needed, the receiver has room for %d".formatted(bytes, available));
            }
            if (promised.compareAndSet(before, before + bytes)) {
                return;
            }
        }
    }

    /** Takes a promise back: so many bytes are written now, and count as used, or will never be. */
    void settle(long bytes) {
        promised.addAndGet(-bytes);
    }

    /** Bytes that may still be promised. */
    long available() {
        return Math.max(0, usable() - promised.get());
    }

    /** If nobody can tell, everything is promised: the writes will tell. */
    private long usable() {
        try {
            return Math.max(0, space.bytes() - RESERVE);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
