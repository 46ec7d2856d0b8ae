package ferry.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes the frames of one connection: sections 4 and 5 of docs/PROTOCOL.md. Any thread, and a blocking channel.
 *
 * <p>Frames gather in a batch, which goes out when it is full, with a large body, or by {@link #flush}. Whatever
 * thread writes holds the writer's lock until the channel has taken the bytes; nobody may wait for this lock while it
 * holds another one. After an exception from the channel or an abort, nothing more can be written.
 */
public final class FrameWriter {
    /** The smallest batch: for a side that sends control frames only. */
    public static final int SMALL_BATCH = 16 * 1024;

    /** The batch of a side that sends data too. */
    public static final int LARGE_BATCH = 64 * 1024;

    /** Bodies up to this many bytes are copied into the batch, which costs less than a write of their own. */
    static final int MAX_COPIED_BODY = 16 * 1024;

    private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0);

    private static final int HEADROOM = Math.max(Framing.MAX_FRAME_BYTES, Framing.DATA_FRAME_BYTES + MAX_COPIED_BODY);

    private final WritableByteChannel channel;
    private final FrameTrace trace;

    /** Guards all that follows, and the order of bytes in the channel. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Between two calls it holds less than {@code batchBytes}, so that whatever is appended has room. */
    private final ByteBuffer batch;

    private final int batchBytes;
    private final FrameEncoder encoder;
    private final ByteBuffer[] batchAndBody;
    private boolean wroteSinceKeepAlive;
    private boolean ended;

    /**
     * A writer to {@code channel}, with one gathering write for a large body if it is a {@link GatheringByteChannel}.
     *
     * @param batchBytes when a batch is full: {@link #SMALL_BATCH}, {@link #LARGE_BATCH} or more
     * @param trace sees each frame when it is put into the batch
     */
    public FrameWriter(WritableByteChannel channel, int batchBytes, FrameTrace trace) {
        if (batchBytes < SMALL_BATCH) {
            throw new IllegalArgumentException("batch of %d bytes".formatted(batchBytes));
        }
        this.channel = channel;
        this.trace = trace;
        this.batchBytes = batchBytes;
        this.batch = ByteBuffer.allocateDirect(batchBytes + HEADROOM);
        this.encoder = new FrameEncoder(batch);
        this.batchAndBody = new ByteBuffer[] {batch, NO_BODY};
    }

    /** Puts the preface into the batch: the first call of the side that has connected. */
    public void writePreface() throws IOException {
        lock.lock();
        try {
            requireOpen();
            batch.putLong(Framing.PREFACE);
            drainIfFull();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a frame into the batch.
     *
     * @throws IllegalArgumentException if a field cannot hold its value, or if the frame has a method of its own:
     *     {@link #writeData}, {@link #abort}
     */
    public void write(Frame frame) throws IOException {
        if (frame instanceof Frame.Abort) {
            throw new IllegalArgumentException("an abort must be the last: use abort()");
        }
        lock.lock();
        try {
            requireOpen();
            append(frame);
            drainIfFull();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes a DATA frame: into the batch if it is small, else to the channel, and the batch before it.
     *
     * @param offset where the bytes belong in the file; they must all be of one chunk
     * @param crc the CRC-32C of the bytes
     * @param body 1 to {@link Limits#MAX_BODY} bytes, direct if no copy shall be made; its position moves to its limit
     */
    public void writeData(long entry, long offset, int crc, ByteBuffer body) throws IOException {
        writeData(entry, offset, body.remaining(), crc, Encoding.PLAIN, body);
    }

    /**
     * The same for content that {@link ZstdEncoder} has made smaller; to a receiver that has said it can take it.
     *
     * @param length bytes of content
     * @param crc the CRC-32C of the content
     * @param body fewer bytes than that
     */
    public void writeZstd(long entry, long offset, int length, int crc, ByteBuffer body) throws IOException {
        if (body.remaining() >= length) {
            throw new IllegalArgumentException("%d bytes became %d".formatted(length, body.remaining()));
        }
        writeData(entry, offset, length, crc, Encoding.ZSTD, body);
    }

    private void writeData(long entry, long offset, int length, int crc, Encoding encoding, ByteBuffer body)
            throws IOException {
        int bodyLength = body.remaining();
        if (bodyLength < 1 || length > Limits.MAX_BODY) {
            throw new IllegalArgumentException("body of %d bytes for %d".formatted(bodyLength, length));
        }
        lock.lock();
        try {
            requireOpen();
            encoder.appendData(entry, offset, length, crc, encoding, bodyLength);
            if (!trace.equals(FrameTrace.OFF)) {
                trace.frame(
                        FrameTrace.Direction.SENT, new Frame.Data(entry, offset, length, crc, encoding, bodyLength));
            }
            if (bodyLength <= MAX_COPIED_BODY) {
                batch.put(body);
                drainIfFull();
            } else {
                drainWith(body);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a thread is writing now, and so perhaps waits for the channel. Does not wait. */
    public boolean isWriting() {
        return lock.isLocked();
    }

    /** Writes the batch to the channel. */
    public void flush() throws IOException {
        lock.lock();
        try {
            requireOpen();
            drain();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes a KEEPALIVE, or the batch if there is one, unless anything went to the channel since the call before or
     * another thread is writing now. Called every sixth of the peer's silence limit, it keeps each pause below a third.
     *
     * <p>It does not wait for the lock, but it may wait for the channel, so it is called by a thread of this
     * connection alone.
     *
     * @return whether it wrote
     */
    public boolean tryKeepAlive() throws IOException {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            if (ended || wroteSinceKeepAlive) {
                wroteSinceKeepAlive = false;
                return false;
            }
            if (batch.position() == 0) {
                append(new Frame.KeepAlive());
            }
            drain();
            wroteSinceKeepAlive = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes the batch and ABORT, after which nothing can be written; a courtesy, which fails without an exception.
     *
     * <p>It may wait for the channel, longer than {@code patience}: whoever closes the channel ends that.
     *
     * @param patience how long to wait for another thread that is writing
     * @return whether it wrote
     */
    public boolean abort(Reason reason, Duration patience) {
        try {
            if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            requireOpen();
            append(new Frame.Abort(reason));
            drain();
            return true;
        } catch (IOException e) {
            return false; // There is nobody left to be told.
        } finally {
            ended = true;
            lock.unlock();
        }
    }

    private void append(Frame frame) {
        encoder.append(frame);
        trace.frame(FrameTrace.Direction.SENT, frame);
    }

    private void requireOpen() throws IOException {
        if (ended) {
            throw new IOException("the stream ended by an abort or a failed write");
        }
    }

    private void drainIfFull() throws IOException {
        if (batch.position() >= batchBytes) {
            drain();
        }
    }

    private void drain() throws IOException {
        if (batch.position() == 0) {
            return;
        }
        ended = true; // Until the channel has taken all: part of a frame must not be followed by another one.
        batch.flip();
        writeAll(batch);
        batch.clear();
        wroteSinceKeepAlive = true;
        ended = false;
    }

    private void drainWith(ByteBuffer body) throws IOException {
        ended = true;
        batch.flip();
        if (channel instanceof GatheringByteChannel gathering) {
            batchAndBody[1] = body;
            while (body.hasRemaining()) {
                gathering.write(batchAndBody);
            }
            batchAndBody[1] = NO_BODY;
        } else {
            writeAll(batch);
            writeAll(body);
        }
        batch.clear();
        wroteSinceKeepAlive = true;
        ended = false;
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
