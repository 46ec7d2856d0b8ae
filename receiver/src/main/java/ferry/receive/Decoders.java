package ferry.receive;

import ferry.error.TransferException;
import ferry.wire.Frame;
import ferry.wire.ZstdDecoder;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * What decodes compressed bodies for all connections: as many decoders as there are processors, made when they are first needed,
 * and held by a connection only while it computes. Thread-safe; the monitor guards which are idle.
 */
final class Decoders implements AutoCloseable {
    private final Semaphore free = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final Deque<ZstdDecoder> idle = new ArrayDeque<>();
    private boolean closed;

    /**
     * As {@link ZstdDecoder#decode}; waits for others who decode.
     *
     * @throws TransferException CORRUPT_FRAME, or INTERNAL if this system cannot decode at all
     */
    void decode(Frame.Data data, List<ByteBuffer> body, List<ByteBuffer> content)
            throws TransferException, InterruptedException {
        free.acquire();
        try {
            ZstdDecoder decoder = take();
            try {
                decoder.decode(data, body, content);
            } finally {
                giveBack(decoder);
            }
        } finally {
            free.release();
        }
    }

    private ZstdDecoder take() throws TransferException {
        synchronized (this) {
            ZstdDecoder used = idle.poll();
            if (used != null) {
                return used;
            }
        }
        return ZstdDecoder.open();
    }

    private synchronized void giveBack(ZstdDecoder decoder) {
        if (closed) {
            decoder.close();
        } else {
            idle.push(decoder);
        }
    }

    /** Closes those that are idle, and the others when they come back. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(ZstdDecoder::close);
        idle.clear();
    }
}
