package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * The free space of the disk, less what was promised to accepted files and is not written yet; and how much staging holds of
 * what it may. One for all transfers of a receiver, so that two that fit alone but not together are told so before their data
 * flows. Thread-safe: its monitor is held for a few additions.
 *
 * <p>What is kept of broken transfers counts as room, since it makes way when the room is needed.
 */
final class SpaceBudget {
    /** Left free for directories, lists and the file system's own needs, in bytes. */
    static final long RESERVE = 1 << 20;

    private final FreeSpace space;
    private final long maxStaging;
    private final KeptSpace kept;

    private long promised;

    /** Bytes that staging has, or has been promised, for transfers that run. */
    private long held;

    /** Staging may take the whole disk, and keeps nothing. */
    SpaceBudget(FreeSpace space) {
        this(space, OptionalLong.empty(), KeptSpace.NONE);
    }

    /** @param maxStaging most bytes in staging, what is kept included; empty for no limit but the disk */
    SpaceBudget(FreeSpace space, OptionalLong maxStaging, KeptSpace kept) {
        this.space = space;
        this.maxStaging = maxStaging.orElse(Long.MAX_VALUE);
        this.kept = kept;
    }

    /**
     * Promises so many bytes to a file; what is kept of others makes way if it must.
     *
     * @throws TransferException NO_SPACE
     */
    void promise(Object what, long bytes) throws TransferException {
        if (bytes == 0) {
            return;
        }
        requireRoom(what, bytes);
        while (!tryPromise(bytes)) {
            if (!kept.evictOldest()) {
                requireRoom(what, bytes);
                throw noSpace(what, bytes, 0);
            }
        }
    }

    /** Takes a promise back: so many bytes are written now, and count as used, or will never be. */
    synchronized void settle(long bytes) {
        promised -= bytes;
    }

    /** So many bytes are in staging that were kept until now. */
    synchronized void hold(long bytes) {
        held += bytes;
    }

    /** So many bytes that were promised, or held, are in staging no more, or are kept there from now on. */
    synchronized void leave(long bytes) {
        held -= bytes;
    }

    /** Makes room on a disk that is full after all; false if nothing is left that could make way. */
    boolean makeRoom() {
        return kept.evictOldest();
    }

    /** Bytes that may still be promised. */
    long available() {
        long usable = usable();
        long keptBytes = kept.bytes();
        synchronized (this) {
            return Math.max(0, Math.min(saturatedSum(usable, keptBytes) - promised, maxStaging - held));
        }
    }

    /** Nothing makes way for what does not fit anyhow. */
    private void requireRoom(Object what, long bytes) throws TransferException {
        long available = available();
        if (bytes > available) {
            throw noSpace(what, bytes, available);
        }
    }

    private boolean tryPromise(long bytes) {
        long usable = usable();
        long keptBytes = kept.bytes();
        synchronized (this) {
            if (bytes > usable - promised || bytes > maxStaging - held - keptBytes) {
                return false;
            }
            promised += bytes;
            held += bytes;
            return true;
        }
    }

    /** If nobody can tell, everything is promised: the writes will tell. */
    private long usable() {
        try {
            return Math.max(0, space.bytes() - RESERVE);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static long saturatedSum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private static TransferException noSpace(Object what, long bytes, long available) {
        return new TransferException(
                ErrorCode.NO_SPACE,
                what.toString(),
                "%d bytes are needed, the receiver has room for %d".formatted(bytes, available));
    }
}
