package ferry.receive;

import java.nio.ByteBuffer;

/**
 * A part of a DATA frame's body on its way from the connection to the disk, in a borrowed direct buffer.
 *
 * <p>Pieces are reused: the {@link Window} lends them to the stream's reader, which fills and posts them; the disk step
 * that has written one gives it back. One thread holds a piece at a time.
 */
final class Piece implements FileStep {
    private final Window window;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long offset;
    private FrameEnd end = FrameEnd.NONE;

    /** What the last piece of a frame carries: where the frame's bytes belong, and their CRC-32C. */
    record FrameEnd(long offset, int length, int crc) {
        /** This piece is not the frame's last one. */
        static final FrameEnd NONE = new FrameEnd(0, 0, 0);
    }

    Piece(Window window) {
        this.window = window;
    }

    void lend(ByteBuffer empty) {
        buffer = empty;
        end = FrameEnd.NONE;
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
