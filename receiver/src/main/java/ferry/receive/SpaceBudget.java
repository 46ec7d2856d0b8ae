package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * The free space of the disk, less what was promised to accepted files and is not written yet; and how much staging holds of
 * what it may. One for all transfers of a receiver, so that two that fit alone but not together are told so before their data
 * flows. Thread-safe: the monitor of its sums is held for a few additions.
 *
 * <p>What is kept of broken transfers counts as room, since it makes way when bytes arrive that need the room: not before, or an
 * offer without content would cost others what they have sent. For a transfer without an owner nothing makes way
 * ({@link #sparingWhatIsKept}): to it what is kept is taken.
 */
final class SpaceBudget {
    /** Left free for directories, lists and the file system's own needs, in bytes. */
    static final long RESERVE = 1 << 20;

    private final FreeSpace space;
    private final long maxStaging;
    private final Sums sums;

    /** All that is kept. */
    private final KeptSpace kept;

    /** What of it makes way: all, or nothing. */
    private final KeptSpace yielding;

    /** What all transfers have together, in bytes; its own monitor guards it. */
    private static final class Sums {
        /** Promised and not written. */
        long promised;

        /** In staging, or promised, for transfers that run. */
        long held;
    }

    /** Staging may take the whole disk, and keeps nothing. */
    SpaceBudget(FreeSpace space) {
        this(space, OptionalLong.empty(), KeptSpace.NONE);
    }

    /** @param maxStaging most bytes in staging, what is kept included; empty for no limit but the disk */
    SpaceBudget(FreeSpace space, OptionalLong maxStaging, KeptSpace kept) {
        this(space, maxStaging.orElse(Long.MAX_VALUE), new Sums(), kept, kept);
    }

    private SpaceBudget(FreeSpace space, long maxStaging, Sums sums, KeptSpace kept, KeptSpace yielding) {
        this.space = space;
        this.maxStaging = maxStaging;
        this.sums = sums;
        this.kept = kept;
        this.yielding = yielding;
    }

    /** The same budget, for a transfer for which nothing that is kept makes way. */
    SpaceBudget sparingWhatIsKept() {
        return new SpaceBudget(space, maxStaging, sums, kept, KeptSpace.NONE);
    }

    /**
     * Promises so many bytes to a file. What is kept of others stays until they are written; if by then its owner has taken it up
     * again, it is the write that finds no room.
     *
     * @throws TransferException NO_SPACE
     */
    void promise(Object what, long bytes) throws TransferException {
        if (bytes == 0) {
            return;
        }
        long room = room();
        synchronized (sums) {
            long available = Math.min(room - sums.promised, stagingRoom());
            if (bytes > available) {
                throw noSpace(what, bytes, Math.max(0, available));
            }
            sums.promised += bytes;
            sums.held += bytes;
        }
    }

    /**
     * So many bytes that were promised are written next: from now on they count as used. What is kept of others makes way if it
     * must. For threads that may do file I/O.
     */
    void spend(long bytes) {
        settle(bytes);
        makeWay(bytes);
    }

    /** Takes a promise back: so many bytes will never be written. */
    void settle(long bytes) {
        synchronized (sums) {
            sums.promised -= bytes;
        }
    }

    /** So many bytes are in staging that were kept until now. */
    void hold(long bytes) {
        synchronized (sums) {
            sums.held += bytes;
        }
    }

    /** So many bytes that were promised, or held, are in staging no more, or are kept there from now on. */
    void leave(long bytes) {
        synchronized (sums) {
            sums.held -= bytes;
        }
    }

    /** More is kept than before: what is too much for staging goes. For threads that may do file I/O. */
    void trim() {
        makeWay(0);
    }

    /** Makes room on a disk that is full after all; false if nothing is left that could make way. */
    boolean makeRoom() {
        return yielding.evictOldest();
    }

    /** Bytes that may still be promised. */
    long available() {
        long room = room();
        synchronized (sums) {
            return Math.max(0, Math.min(room - sums.promised, stagingRoom()));
        }
    }

    private void makeWay(long coming) {
        while (yielding.bytes() > 0 && (isStagingOverfull() || usable() < coming)) {
            if (!yielding.evictOldest()) {
                return;
            }
        }
    }

    private boolean isStagingOverfull() {
        long keptBytes = kept.bytes();
        synchronized (sums) {
            return keptBytes > maxStaging - (sums.held - sums.promised);
        }
    }

    /** What is free on the disk, or would be. */
    private long room() {
        long usable = usable();
        long more = yielding.bytes();
        return usable > Long.MAX_VALUE - more ? Long.MAX_VALUE : usable + more;
    }

    /** What staging may still take; for whoever has the monitor of the sums. */
    private long stagingRoom() {
        return maxStaging - sums.held - (kept.bytes() - yielding.bytes());
    }

    /** If nobody can tell, everything is promised: the writes will tell. */
    private long usable() {
        try {
            return Math.max(0, space.bytes() - RESERVE);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static TransferException noSpace(Object what, long bytes, long available) {
        return new TransferException(
                ErrorCode.NO_SPACE,
                what.toString(),
                "%d bytes are needed, the receiver has room for %d".formatted(bytes, available));
    }
}
