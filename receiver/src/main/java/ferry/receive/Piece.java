package ferry.receive;

import java.nio.ByteBuffer;

/**
 * A part of a DATA frame's body on its way from the connection to the disk, in a borrowed direct buffer.
 *
 * <p>The {@link Window} lends it to the stream's reader, which fills and posts it; the disk step that has written it gives
 * it back. One thread holds a piece at a time.
 */
final class Piece implements FileStep {
    private final Window window;
    private final ByteBuffer buffer;
    private final int counted;
    private long offset;
    private FrameEnd end = FrameEnd.NONE;

    /** What the last piece of a frame carries: where the frame's bytes belong, and their CRC-32C. */
    record FrameEnd(long offset, int length, int crc) {
        /** This piece is not the frame's last one. */
        static final FrameEnd NONE = new FrameEnd(0, 0, 0);
    }

    /** @param counted what the window counts for it */
    Piece(Window window, ByteBuffer empty, int counted) {
        this.window = window;
        this.buffer = empty;
        this.counted = counted;
    }

    int counted() {
        return counted;
    }

    /** What stands for the stream that it came over. */
    Object stream() {
        return window;
    }

    void at(long fileOffset) {
        offset = fileOffset;
    }

    void endsFrame(FrameEnd frame) {
        end = frame;
    }

    ByteBuffer buffer() {
        return buffer;
    }

    long offset() {
        return offset;
    }

    FrameEnd end() {
        return end;
    }

    void release() {
        window.giveBack(this);
    }
}
