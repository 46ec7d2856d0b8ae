package ferry.net;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers of a few sizes out of one bounded budget that all connections share. Thread-safe; {@code lock} guards everything, is
 * held for a few steps and never while memory is allocated. Nobody ever waits for a buffer: when the budget is used up one gets a
 * smaller one, and the smallest is given always, so what bounds those is the number of connections.
 */
public final class BufferPool {
    /** The smallest buffer, in bytes; everybody gets at least this. */
    public static final int MIN_BYTES = 16 << 10;

    /** The largest buffer, in bytes; also the most that one frame carries. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int STEP_SHIFT = 2;
    private static final int CLASSES = 4;

    /**
     * How much of the budget, in quarters, may be in use when a buffer of this class is allocated. The large ones stop first, so that
     * those who come late find at least middling ones.
     */
    private static final int[] QUARTERS = {4, 4, 3, 2};

    private final long budget;
    private final int smallestBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Deque<ByteBuffer>> idle = new ArrayList<>(CLASSES);
    private final Set<ByteBuffer> lent = Collections.newSetFromMap(new IdentityHashMap<>());
    private long allocatedBytes;
    private long idleBytes;

    /**
     * A pool that begins empty.
     *
     * @param budget bytes that all buffers together may take, apart from smallest ones that must be given beyond it
     */
    public BufferPool(long budget) {
        this(budget, MIN_BYTES);
    }

    /** A pool with sizes of its own: this one, and four, sixteen and sixty-four times as much. */
    BufferPool(long budget, int smallestBytes) {
        this.budget = budget;
        this.smallestBytes = smallestBytes;
        for (int i = 0; i < CLASSES; i++) {
            idle.add(new ArrayDeque<>());
        }
    }

    /**
     * Lends the largest buffer that there is up to this size, and at least the smallest. It is cleared, and holds what its last
     * user left in it.
     *
     * @param preferredBytes the size that would be welcome
     */
    public ByteBuffer borrow(int preferredBytes) {
        for (int sizeClass = classOf(preferredBytes); sizeClass > 0; sizeClass--) {
            ByteBuffer buffer = tryBorrow(sizeClass);
            if (buffer != null) {
                return buffer;
            }
        }
        ByteBuffer smallest = takeIdle(0);
        return smallest != null ? smallest : allocateSmallest();
    }

    /**
     * Takes a buffer back; its borrower must not touch it any more.
     *
     * @throws IllegalStateException if it isn't lent, such as when it is given back twice
     */
    public void release(ByteBuffer buffer) {
        lock.lock();
        try {
            if (!lent.remove(buffer)) {
                throw new IllegalStateException("a buffer was released that is not lent");
            }
            if (allocatedBytes > budget) {
                allocatedBytes -= buffer.capacity();
            } else {
                idle.get(classOf(buffer.capacity())).push(buffer);
                idleBytes += buffer.capacity();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are lent at the moment. */
    public long lentBytes() {
        lock.lock();
        try {
            return allocatedBytes - idleBytes;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ByteBuffer tryBorrow(int sizeClass) {
        ByteBuffer used = takeIdle(sizeClass);
        if (used != null) {
            return used;
        }
        int bytes = bytesOf(sizeClass);
        if (!reserve(bytes, budget / 4 * QUARTERS[sizeClass])) {
            return null;
        }
        try {
            return enlist(ByteBuffer.allocateDirect(bytes));
        } catch (OutOfMemoryError e) {
            // The budget is larger than what the machine gives; a smaller one may still fit.
            unreserve(bytes);
            return null;
        }
    }

    private ByteBuffer allocateSmallest() {
        reserve(smallestBytes, Long.MAX_VALUE);
        try {
            return enlist(ByteBuffer.allocateDirect(smallestBytes));
        } catch (OutOfMemoryError e) {
            unreserve(smallestBytes);
            throw e;
        }
    }

    private @Nullable ByteBuffer takeIdle(int sizeClass) {
        lock.lock();
        try {
            ByteBuffer buffer = idle.get(sizeClass).poll();
            if (buffer != null) {
                idleBytes -= buffer.capacity();
                lent.add(buffer.clear());
            }
            return buffer;
        } finally {
            lock.unlock();
        }
    }

    /** Counts a buffer that is about to be allocated, if it fits below the ceiling, letting go of idle ones for it. */
    private boolean reserve(int bytes, long ceiling) {
        lock.lock();
        try {
            if (allocatedBytes - idleBytes > ceiling - bytes) {
                return false;
            }
            for (int sizeClass = CLASSES - 1; sizeClass >= 0 && allocatedBytes > ceiling - bytes; sizeClass--) {
                letGo(idle.get(sizeClass), ceiling - bytes);
            }
            allocatedBytes += bytes;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void letGo(Deque<ByteBuffer> idleOfOneClass, long ceiling) {
        while (allocatedBytes > ceiling && !idleOfOneClass.isEmpty()) {
            int bytes = idleOfOneClass.pop().capacity();
            allocatedBytes -= bytes;
            idleBytes -= bytes;
        }
    }

    private void unreserve(int bytes) {
        lock.lock();
        try {
            allocatedBytes -= bytes;
        } finally {
            lock.unlock();
        }
    }

    private ByteBuffer enlist(ByteBuffer buffer) {
        lock.lock();
        try {
            lent.add(buffer);
            return buffer;
        } finally {
            lock.unlock();
        }
    }

    private int bytesOf(int sizeClass) {
        return smallestBytes << (sizeClass * STEP_SHIFT);
    }

    /** The largest class whose buffers have at most this many bytes, or the smallest. */
    private int classOf(int bytes) {
        int sizeClass = CLASSES - 1;
        while (sizeClass > 0 && bytesOf(sizeClass) > bytes) {
            sizeClass--;
        }
        return sizeClass;
    }
}
