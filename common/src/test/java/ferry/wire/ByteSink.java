package ferry.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A peer that takes what it is given in pieces, and remembers how much each write brought. */
class ByteSink implements WritableByteChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final List<Integer> writes = new ArrayList<>();
    private final Pieces pieces;
    private int capacity = Integer.MAX_VALUE;

    ByteSink(Pieces pieces) {
        this.pieces = pieces;
    }

    /** A sink whose connection breaks after so many bytes. */
    static ByteSink breakingAfter(int bytes) {
        ByteSink sink = new ByteSink(Pieces.WHOLE);
        sink.capacity = bytes;
        return sink;
    }

    /** A sink that takes several buffers in one write. */
    static ByteSink gathering(Pieces pieces) {
        return new Gathering(pieces);
    }

    byte[] bytes() {
        return taken.toByteArray();
    }

    /** The sizes of all writes so far. */
    List<Integer> writes() {
        return List.copyOf(writes);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int count = take(from, pieces.next(from.remaining()));
        writes.add(count);
        return count;
    }

    private int take(ByteBuffer from, int wanted) throws IOException {
        int count = Math.min(wanted, capacity - taken.size());
        if (count <= 0) {
            throw new IOException("broken pipe");
        }
        byte[] piece = new byte[count];
        from.get(piece);
        taken.writeBytes(piece);
        return count;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}

    private static final class Gathering extends ByteSink implements GatheringByteChannel {
        Gathering(Pieces pieces) {
            super(pieces);
        }

        @Override
        public long write(ByteBuffer[] from) throws IOException {
            int offered = 0;
            for (ByteBuffer buffer : from) {
                offered += buffer.remaining();
            }
            int wanted = super.pieces.next(offered);
            int count = 0;
            for (ByteBuffer buffer : from) {
                if (count < wanted && buffer.hasRemaining()) {
                    count += super.take(buffer, Math.min(wanted - count, buffer.remaining()));
                }
            }
            super.writes.add(count);
            return count;
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) throws IOException {
            return write(Arrays.copyOfRange(from, offset, offset + length));
        }
    }
}
