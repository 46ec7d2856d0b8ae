package ferry.wire;

import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.zip.CRC32C;

/**
 * Reads the frames of one connection: sections 4 and 5 of docs/PROTOCOL.md. One thread, and a blocking channel.
 *
 * <p>{@link #next} returns frames; after a {@link Frame.Data} its body is read by {@link #readBody} before the next.
 * What a frame alone can break of the protocol is refused here, with the error code that the page gives. After any
 * exception the stream cannot be found again, and the reader refuses to go on.
 */
public final class FrameReader {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final ReadableByteChannel channel;
    private final Side from;
    private final FrameTrace trace;

    /** Always ready to be read; holds the bytes that the channel has delivered and nobody has taken. */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

    private final CRC32C crc = new CRC32C();
    private final FramePace pace;
    private final Payload payload;
    private final FrameDecoder decoder;

    private State state = State.START;
    private int bodyRemaining;
    private int bodyCrc;
    private Encoding bodyEncoding = Encoding.PLAIN;
    private boolean takesZstd;

    private enum State {
        /** Nothing was read yet. */
        START,
        BETWEEN_FRAMES,
        IN_BODY,
        /** An exception was thrown. */
        BROKEN
    }

    /**
     * A reader of what one side sends.
     *
     * @param from whose frames come: those that this side may not send are refused
     * @param trace sees each frame before it is returned
     */
    public FrameReader(ReadableByteChannel channel, Side from, FrameTrace trace) {
        this.channel = channel;
        this.from = from;
        this.trace = trace;
        this.pace = new FramePace(from);
        this.payload = new Payload(buffer, from);
        this.decoder = new FrameDecoder(payload);
    }

    /**
     * Reads the preface; the first call to a reader of what a sender sends, and to no other.
     *
     * @throws EOFException if the connection ends before its first byte
     * @throws TransferException NOT_FERRY at the first byte that differs, to which no answer is due; TRUNCATED
     */
    public void readPreface() throws IOException, TransferException {
        if (from != Side.SENDER) {
            throw new IllegalStateException("a receiver sends no preface");
        }
        enter(State.START);
        awaitByte();
        for (int i = 0; i < Framing.PREFACE_BYTES; i++) {
            fill(1);
            byte expected = (byte) (Framing.PREFACE >>> (Byte.SIZE * (Framing.PREFACE_BYTES - 1 - i)));
            byte got = buffer.get();
            if (got != expected) {
                throw new TransferException(
                        ErrorCode.NOT_FERRY,
                        "preface",
                        "byte %d is 0x%02x, expected 0x%02x".formatted(i, got, expected));
            }
        }
        state = State.BETWEEN_FRAMES;
    }

    /**
     * From now on a frame that was begun must get on: to its end, or by {@value Limits#MIN_FRAME_PROGRESS} bytes, in each such
     * time that is spent waiting for it, else {@link #next} and what reads its body throw TIMEOUT. Without this call it may take
     * for ever.
     *
     * @param silenceLimit zero for no limit
     */
    public void requireProgress(Duration silenceLimit) {
        pace.limit(silenceLimit);
    }

    /** From now on DATA may be compressed: the feature {@link Features#ZSTD} was chosen. */
    public void takeZstd() {
        takesZstd = true;
    }

    /**
     * Waits for the next frame and returns it, without the body of a {@link Frame.Data}.
     *
     * @throws EOFException if the connection ends between two frames
     * @throws TransferException TRUNCATED if it ends inside of one; NOT_FERRY if the first byte of a receiver's answer
     *     begins none; else the code that the page gives to what is wrong with the frame
     * @throws IllegalStateException if the body of the frame before was not read to its end
     */
    public Frame next() throws IOException, TransferException {
        boolean opening = state == State.START && from == Side.RECEIVER;
        enter(opening ? State.START : State.BETWEEN_FRAMES);
        awaitByte();
        pace.begin();
        if (opening) {
            requireAnswer();
        }
        Frame frame = frame();
        if (frame instanceof Frame.Data data) {
            bodyRemaining = data.bodyLength();
            bodyCrc = data.crc();
            bodyEncoding = data.encoding();
            crc.reset();
            state = State.IN_BODY;
        } else {
            state = State.BETWEEN_FRAMES;
        }
        trace.frame(FrameTrace.Direction.RECEIVED, frame);
        return frame;
    }

    /** Whether something was received that nobody has taken, so that the next frame, or its beginning, is here. */
    public boolean hasBuffered() {
        return buffer.hasRemaining();
    }

    /** Bytes of the present DATA frame's body that were not read yet; 0 if there are none. */
    public int bodyRemaining() {
        return bodyRemaining;
    }

    /**
     * Reads some of the present DATA frame's body, straight from the channel as far as possible. Only when nothing
     * remains of the body have its bytes been checked; those of an encoded one never, since the checksum is that of its content.
     *
     * @param into takes the bytes at its position, which moves; direct, or a copy is made on the way
     * @return how many bytes were read, at least 1
     * @throws TransferException CORRUPT_FRAME with the last byte, if the checksum does not agree; TRUNCATED
     */
    public int readBody(ByteBuffer into) throws IOException, TransferException {
        if (!into.hasRemaining()) {
            throw new IllegalArgumentException("no room for the body");
        }
        enter(State.IN_BODY);
        int start = into.position();
        int limit = into.limit();
        into.limit(start + Math.min(into.remaining(), bodyRemaining));
        try {
            if (buffer.hasRemaining()) {
                takeBuffered(into);
            } else {
                while (into.position() == start) {
                    requireMore(readOn(into));
                }
            }
            into.limit(into.position()).position(start);
            return checkBody(into);
        } finally {
            into.limit(limit);
        }
    }

    /**
     * Reads the rest of the present DATA frame's body and forgets it.
     *
     * @throws TransferException as {@link #readBody}
     */
    public void skipBody() throws IOException, TransferException {
        enter(State.IN_BODY);
        while (bodyRemaining > 0) {
            while (!buffer.hasRemaining()) {
                receiveMore();
            }
            int limit = buffer.limit();
            buffer.limit(buffer.position() + Math.min(buffer.remaining(), bodyRemaining));
            try {
                checkBody(buffer);
            } finally {
                buffer.limit(limit);
            }
        }
    }

    /** Checks the state, and takes the reader for broken until whoever has called sets the next state. */
    private void enter(State expected) {
        if (state != expected) {
            throw new IllegalStateException("reader is %s, expected %s".formatted(state, expected));
        }
        state = State.BROKEN;
    }

    private void requireAnswer() throws TransferException {
        int first = Byte.toUnsignedInt(buffer.get(buffer.position()));
        if (!FrameType.mayOpenAnswer(first)) {
            throw new TransferException(
                    ErrorCode.NOT_FERRY, "answer to the preface", "it begins with 0x%02x".formatted(first));
        }
    }

    private Frame frame() throws IOException, TransferException {
        fill(Framing.HEADER_BYTES);
        int start = buffer.position();
        int control = Short.toUnsignedInt(buffer.getShort(start + Framing.CONTROL_LENGTH_AT));
        long body = Integer.toUnsignedLong(buffer.getInt(start + Framing.BODY_LENGTH_AT));
        requireAtMost("control length", control, Limits.MAX_CONTROL);
        requireAtMost("body length", body, Limits.MAX_BODY);
        fill(Framing.HEADER_BYTES + control + Framing.CRC_BYTES);
        checkHead(Framing.HEADER_BYTES + control);
        FrameType type = FrameType.fromWire(Byte.toUnsignedInt(buffer.get(buffer.position())));
        int flags = Byte.toUnsignedInt(buffer.get(buffer.position() + Framing.FLAGS_AT));
        buffer.position(buffer.position() + Framing.HEADER_BYTES);
        payload.begin(type, control);
        if (!type.mayComeFrom(from)) {
            throw payload.violation("only the %s may send it".formatted(from.other()));
        }
        Encoding encoding = encoding(type, flags);
        Frame frame = decoder.decode(type, encoding, (int) body);
        buffer.position(buffer.position() + Framing.CRC_BYTES);
        int length = frame instanceof Frame.Data data ? data.length() : 0;
        switch (encoding) {
            case PLAIN -> {
                if (body != length) {
                    throw payload.violation("body length is %d, expected %d".formatted(body, length));
                }
            }
            case ZSTD -> {
                if (body < 1 || body >= length) {
                    throw payload.violation(
                            "body length is %d, expected 1 to %d, for it is compressed".formatted(body, length - 1));
                }
            }
        }
        return frame;
    }

    private Encoding encoding(FrameType type, int flags) throws TransferException {
        if (flags == Encoding.PLAIN.number()) {
            return Encoding.PLAIN;
        }
        if (type == FrameType.DATA && flags == Encoding.ZSTD.number()) {
            if (!takesZstd) {
                throw payload.violation("it is compressed, which was not agreed upon");
            }
            return Encoding.ZSTD;
        }
        throw payload.violation("flags are 0x%02x, which has no meaning".formatted(flags));
    }

    private void requireAtMost(String field, long value, int max) throws TransferException {
        if (value > max) {
            throw new TransferException(
                    ErrorCode.OVERSIZED,
                    "frame from the " + from,
                    "%s is %d, at most %d is allowed".formatted(field, value, max));
        }
    }

    /** Compares the checksum that follows the header and the control payload, before anyone interprets them. */
    private void checkHead(int length) throws TransferException {
        int start = buffer.position();
        int limit = buffer.limit();
        crc.reset();
        crc.update(buffer.limit(start + length));
        buffer.limit(limit).position(start);
        checkCrc("frame", buffer.getInt(start + length));
    }

    /** Moves buffered bytes without a view on either buffer, since this is where each frame's data passes. */
    private void takeBuffered(ByteBuffer into) {
        int count = Math.min(into.remaining(), buffer.remaining());
        into.put(into.position(), buffer, buffer.position(), count);
        into.position(into.position() + count);
        buffer.position(buffer.position() + count);
    }

    /** Takes the remaining bytes of {@code piece} into the checksum of a plain body, and compares it after the last. */
    private int checkBody(ByteBuffer piece) throws TransferException {
        int count = piece.remaining();
        bodyRemaining -= count;
        if (bodyEncoding == Encoding.PLAIN) {
            crc.update(piece);
            if (bodyRemaining == 0) {
                checkCrc("body of a DATA frame", bodyCrc);
            }
        } else {
            piece.position(piece.limit());
        }
        if (bodyRemaining == 0) {
            state = State.BETWEEN_FRAMES;
        } else {
            state = State.IN_BODY;
        }
        return count;
    }

    private void checkCrc(String what, int expected) throws TransferException {
        int computed = (int) crc.getValue();
        if (computed != expected) {
            throw new TransferException(
                    ErrorCode.CORRUPT_FRAME,
                    what,
                    "its crc32c is %s, expected %s".formatted(Crc32c.hex(computed), Crc32c.hex(expected)));
        }
    }

    /** Waits until something is buffered. */
    private void awaitByte() throws IOException {
        while (!buffer.hasRemaining()) {
            if (receive() < 0) {
                throw new EOFException("the %s closed the connection".formatted(from));
            }
        }
    }

    /** Waits until so many bytes are buffered, which must be no more than the largest frame. */
    private void fill(int needed) throws IOException, TransferException {
        while (buffer.remaining() < needed) {
            receiveMore();
        }
    }

    /** Reads once, and as much as there is room for. */
    private int receive() throws IOException {
        buffer.compact();
        try {
            return channel.read(buffer);
        } finally {
            buffer.flip();
        }
    }

    /** The same inside of a frame, which must get on. */
    private void receiveMore() throws IOException, TransferException {
        buffer.compact();
        try {
            requireMore(readOn(buffer));
        } finally {
            buffer.flip();
        }
    }

    private int readOn(ByteBuffer into) throws IOException, TransferException {
        pace.requireProgress();
        long begin = System.nanoTime();
        int count = channel.read(into);
        if (count >= 0) {
            pace.arrived(count, System.nanoTime() - begin);
        }
        return count;
    }

    private void requireMore(int read) throws TransferException {
        if (read < 0) {
            throw new TransferException(
                    ErrorCode.TRUNCATED,
                    "connection",
                    "the %s closed it inside a frame".formatted(from),
                    new EOFException());
        }
    }
}
