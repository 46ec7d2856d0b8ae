package ferry.net;

import java.nio.ByteBuffer;

/**
 * The buffers of one write as the engine takes them best: one direct buffer at a time, with a whole record if there is so much. Small
 * and heap buffers are gathered into one; of large direct ones nothing is copied. Belongs to the writing thread.
 */
final class TlsContent implements AutoCloseable {
    private final ByteBuffer[] buffers;
    private final int end;
    private final TlsLink link;
    private int first;

    /** Gathered, and not sealed. Ready to be read. */
    private ByteBuffer gathered = TlsLink.NONE;

    TlsContent(ByteBuffer[] buffers, int offset, int length, TlsLink link) {
        this.buffers = buffers;
        this.first = offset;
        this.end = offset + length;
        this.link = link;
    }

    boolean hasRemaining() {
        while (first < end && !buffers[first].hasRemaining()) {
            first++;
        }
        return first < end || gathered.hasRemaining();
    }

    /** A direct buffer whose beginning is sealed next; only if something remains. What is taken of it is not given again. */
    ByteBuffer next() {
        if (gathered.hasRemaining()) {
            return gathered;
        }
        ByteBuffer buffer = buffers[first];
        if (buffer.isDirect() && (buffer.remaining() >= TlsRecord.MAX_CONTENT_BYTES || first == end - 1)) {
            return buffer;
        }
        return gather();
    }

    private ByteBuffer gather() {
        if (gathered.capacity() == 0) {
            gathered = link.borrow(TlsLink.RECORD_BYTES);
        }
        gathered.clear().limit(TlsRecord.MAX_CONTENT_BYTES);
        for (int i = first; i < end && gathered.hasRemaining(); i++) {
            ByteBuffer buffer = buffers[i];
            int count = Math.min(buffer.remaining(), gathered.remaining());
            gathered.put(gathered.position(), buffer, buffer.position(), count);
            gathered.position(gathered.position() + count);
            buffer.position(buffer.position() + count);
        }
        return gathered.flip();
    }

    @Override
    public void close() {
        link.release(gathered);
        gathered = TlsLink.NONE;
    }
}
