package ferry.receive;

import ferry.event.Bottleneck;
import ferry.net.BufferPool;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much a stream may have read that the disk has not taken yet: {@value #PIECES} pieces.
 *
 * <p>The stream's reader waits here for the disk, never for the peer. Buffers begin small and double while the stream
 * delivers, so that a connection that sends nothing costs next to nothing. The lock guards the free pieces and is held
 * for a few instructions.
 */
final class Window {
    private static final int PIECES = 4;
    private static final int SMALLEST = 16 * 1024;

    /** Large enough that handing it to the disk costs little beside the copy. The CRC is of what was just read, in the cache. */
    private static final int LARGEST = BufferPool.MAX_BYTES;

    /** A buffer of which less than this part is filled is too large. */
    private static final int SPARE = 4;

    /** Transfers shorter than this do not tell what limited them. */
    private static final long SHORTEST_NANOS = 100_000_000;

    private final BufferPool buffers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final ArrayDeque<Piece> free = new ArrayDeque<>(PIECES);
    private int size = SMALLEST;
    private final long begin = System.nanoTime();
    private long waitedNanos;

    Window(BufferPool buffers) {
        this.buffers = buffers;
        for (int i = 0; i < PIECES; i++) {
            free.add(new Piece(this));
        }
    }

    /** Lends a piece with room for at most the wanted bytes; waits until the disk has taken one. The reader only. */
    Piece take(int wanted) throws InterruptedException {
        Piece piece;
        lock.lockInterruptibly();
        try {
            if (free.isEmpty()) {
                awaitFree();
            }
            piece = free.remove();
        } finally {
            lock.unlock();
        }
        piece.lend(buffers.borrow(Math.min(wanted, size)));
        size = Math.min(2 * size, LARGEST);
        return piece;
    }

    /** A lent piece came back from the connection with so many bytes; if it has room left, the next ones need not be larger. */
    void delivered(Piece piece, int count) {
        int capacity = piece.buffer().capacity();
        if (count < capacity) {
            size = Math.max(count < capacity / SPARE ? capacity / SPARE : capacity, SMALLEST);
        }
    }

    /** What the reader waited for: the disk if that was most of the time, else the sender, or the network, which look alike. */
    Bottleneck limitedBy() {
        long elapsed = System.nanoTime() - begin;
        if (elapsed < SHORTEST_NANOS) {
            return Bottleneck.NONE;
        }
        return waitedNanos > elapsed / 2 ? Bottleneck.STORAGE : Bottleneck.PEER;
    }

    private void awaitFree() throws InterruptedException {
        long begin = System.nanoTime();
        while (free.isEmpty()) {
            freed.await();
        }
        waitedNanos += System.nanoTime() - begin;
    }

    void giveBack(Piece piece) {
        buffers.release(piece.buffer());
        lock.lock();
        try {
            free.add(piece);
            freed.signal();
        } finally {
            lock.unlock();
        }
    }
}
