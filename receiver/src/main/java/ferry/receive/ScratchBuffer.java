package ferry.receive;

import java.nio.ByteBuffer;

/**
 * A direct buffer that each disk thread has for its own use within a step, so that comparing allocates nothing.
 *
 * <p>There are as many as threads in the {@link DiskPool}. What a step leaves in it means nothing to the next.
 */
final class ScratchBuffer {
    private static final int SIZE = 256 * 1024;

    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SIZE));

    private ScratchBuffer() {}

    /** The calling thread's buffer, empty. */
    static ByteBuffer get() {
        return BUFFER.get().clear();
    }
}
