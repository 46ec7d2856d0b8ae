package ferry.wire;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A peer that has already said everything: delivers the bytes in pieces, then the end. */
final class ByteSource implements ReadableByteChannel {
    private final ByteBuffer bytes;
    private final Pieces pieces;
    private int reads;

    ByteSource(byte[] bytes, Pieces pieces) {
        this.bytes = ByteBuffer.wrap(bytes);
        this.pieces = pieces;
    }

    @Override
    public int read(ByteBuffer into) {
        reads++;
        if (!bytes.hasRemaining()) {
            return -1;
        }
        int count = pieces.next(Math.min(bytes.remaining(), into.remaining()));
        into.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        return count;
    }

    /** How often somebody has read. */
    int reads() {
        return reads;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
