package ferry.net;

import java.nio.ByteBuffer;

/**
 * One connection's buffer: it begins with the smallest, grows while the peer fills it, and shrinks again when it doesn't, so that a
 * slow peer holds no large one. For one thread at a time.
 */
public final class GrowingBuffer implements AutoCloseable {
    private static final int FULL_READS_TO_GROW = 2;
    private static final int THIN_READS_TO_SHRINK = 16;

    /** After the pool had nothing larger, so many full reads pass before it is asked again. */
    private static final int FULL_READS_AFTER_REFUSAL = 64;

    private static final int STEP = 4;

    private final BufferPool pool;
    private ByteBuffer buffer;
    private int fullReads;
    private int fullReadsNeeded = FULL_READS_TO_GROW;
    private int thinReads;
    private boolean closed;

    /** Begins with a buffer of {@link BufferPool#MIN_BYTES}. */
    public GrowingBuffer(BufferPool pool) {
        this.pool = pool;
        this.buffer = pool.borrow(BufferPool.MIN_BYTES);
    }

    /** The buffer as it is at the moment; position and limit are the caller's. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Tells how much one read into the empty buffer brought, after its bytes have been used: the next {@link #buffer()} may be
     * another, and its content is lost.
     */
    public void delivered(int bytes) {
        if (bytes >= buffer.capacity()) {
            thinReads = 0;
            fullReads++;
            if (fullReads >= fullReadsNeeded && buffer.capacity() < BufferPool.MAX_BYTES) {
                grow();
            }
        } else if (bytes < buffer.capacity() / STEP) {
            fullReads = 0;
            thinReads++;
            if (thinReads >= THIN_READS_TO_SHRINK && buffer.capacity() > BufferPool.MIN_BYTES) {
                replace(pool.borrow(buffer.capacity() / STEP));
            }
        } else {
            thinReads = 0;
        }
    }

    /** Gives the buffer back to the pool; nothing else may be called afterwards. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.release(buffer);
        }
    }

    private void grow() {
        ByteBuffer larger = pool.borrow(buffer.capacity() * STEP);
        if (larger.capacity() > buffer.capacity()) {
            replace(larger);
        } else {
            pool.release(larger);
            fullReads = 0;
            fullReadsNeeded = FULL_READS_AFTER_REFUSAL;
        }
    }

    private void replace(ByteBuffer other) {
        pool.release(buffer);
        buffer = other;
        fullReads = 0;
        fullReadsNeeded = FULL_READS_TO_GROW;
        thinReads = 0;
    }
}
