package ferry.receive;

import ferry.event.Bottleneck;
import ferry.net.BufferPool;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much a stream may have read that the disk has not taken yet: {@value #BYTES} bytes of buffers, few large ones or
 * many small ones.
 *
 * <p>The stream's reader waits here for the disk, never for the peer. Buffers begin small and double while the stream
 * delivers, so that a connection that sends nothing costs next to nothing. The lock guards the count and is held
 * for a few instructions.
 */
final class Window {
    private static final int SMALLEST = 16 * 1024;

    /** Large enough that handing it to the disk costs little beside the copy. The CRC is of what was just read, in the cache. */
    private static final int LARGEST = BufferPool.MAX_BYTES;

    private static final int BYTES = 4 * LARGEST;

    /** What is smaller, but not small, gets one of these, and so is written at once. */
    private static final int MIDDLING = 64 * 1024;

    /** A buffer of which less than this part is filled is too large. */
    private static final int SPARE = 4;

    /** Transfers shorter than this do not tell what limited them. */
    private static final long SHORTEST_NANOS = 100_000_000;

    private final BufferPool buffers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private int lent;

    /** The reader waits until no more than this is lent. */
    private int enough;

    private int size = SMALLEST;
    private final long begin = System.nanoTime();
    private long waitedNanos;

    Window(BufferPool buffers) {
        this.buffers = buffers;
    }

    /**
     * Lends a piece with room for at most the wanted bytes; waits until the disk has taken one. The reader only, which may hold
     * pieces for a frame that it has not passed on: less than half of the window.
     */
    Piece take(int wanted) throws InterruptedException {
        int most = Math.min(wanted, size);
        boolean isAll = most == wanted && most > SMALLEST && most < MIDDLING;
        // However little it is to hold, a buffer takes memory.
        int room = isAll ? MIDDLING : Math.max(most, SMALLEST);
        lock.lockInterruptibly();
        try {
            if (lent > BYTES - room) {
                awaitRoom(room);
            }
            lent += room;
        } finally {
            lock.unlock();
        }
        size = Math.min(2 * size, LARGEST);
        ByteBuffer buffer = buffers.borrow(room);
        int counted = Math.min(room, buffer.capacity());
        if (counted < room) {
            // Memory is short. Who holds several pieces at once must not wait for what only they would count.
            lower(room - counted);
        }
        return new Piece(this, buffer, counted);
    }

    /** A window of its own over the same buffers. */
    Window another() {
        return new Window(buffers);
    }

    /** A lent piece came back from the connection with so many bytes; if it has room left, the next ones need not be larger. */
    void delivered(Piece piece, int count) {
        int capacity = piece.buffer().capacity();
        if (count < capacity) {
            size = Math.max(count < capacity / SPARE ? capacity / SPARE : capacity, SMALLEST);
        }
    }

    /** For so long the reader was with the disk itself. The reader only. */
    void waited(long nanos) {
        waitedNanos += nanos;
    }

    /** What the reader waited for: the disk if that was most of the time, else the sender, or the network, which look alike. */
    Bottleneck limitedBy() {
        long elapsed = System.nanoTime() - begin;
        if (elapsed < SHORTEST_NANOS) {
            return Bottleneck.NONE;
        }
        return waitedNanos > elapsed / 2 ? Bottleneck.STORAGE : Bottleneck.PEER;
    }

    /** Small pieces wait until half of it is free, so that reader and disk do not wake each other for each. */
    private void awaitRoom(int wanted) throws InterruptedException {
        long begin = System.nanoTime();
        enough = wanted <= MIDDLING ? BYTES / 2 : BYTES - wanted;
        while (lent > enough) {
            freed.await();
        }
        waitedNanos += System.nanoTime() - begin;
    }

    void giveBack(Piece piece) {
        buffers.release(piece.buffer());
        lower(piece.counted());
    }

    private void lower(int bytes) {
        lock.lock();
        try {
            lent -= bytes;
            if (lent <= enough) {
                freed.signal();
            }
        } finally {
            lock.unlock();
        }
    }
}
