package ferry.wire;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Decodes the body of a DATA frame in {@link Encoding#ZSTD}: section 5.6 of docs/PROTOCOL.md. One thread at a time.
 *
 * <p>Whatever the body is, no more than the length that its frame declares is written, and the library's own memory stays below
 * some 2 MiB, since the beginning of the body must say that no window is needed beside the content. Each decoder holds that
 * outside of the heap until it is closed. The first of a process loads zstd's library.
 */
public final class ZstdDecoder implements AutoCloseable {
    private static final long MAGIC = 0xfd2f_b528L;
    private static final int MAGIC_BYTES = Integer.BYTES;

    /** Of the descriptor: a single segment, and neither dictionary, checksum nor a bit that is reserved. */
    private static final int SINGLE_SEGMENT = 0x20;

    private static final int ALL_BUT_SIZE = 0x3f;

    private static final int SIZE_SHIFT = 6;

    /** What a content size of two bytes counts from. */
    private static final int TWO_BYTES_FROM = 256;

    private static final ByteBuffer NO_ROOM = ByteBuffer.allocateDirect(0);

    private final ZstdDecompressCtx context;
    private final Crc32c crc = new Crc32c();

    private ZstdDecoder(ZstdDecompressCtx context) {
        this.context = context;
    }

    /**
     * A new one, to be closed.
     *
     * @throws TransferException INTERNAL if the library cannot be loaded, or there is no memory for it
     */
    public static ZstdDecoder open() throws TransferException {
        return new ZstdDecoder(ZstdLibrary.call(ZstdDecompressCtx::new));
    }

    /**
     * Decodes what remains of the parts of the body into what remains of the parts of the content, and checks it. The positions of the
     * body's parts move to their limits, those of the content's do not move.
     *
     * @param data the frame
     * @param body direct buffers; the first one holds at least nine bytes, or all
     * @param content direct buffers, with room for {@link Frame.Data#length} bytes together and no more
     * @throws TransferException CORRUPT_FRAME if the body is not what the frame says; then the content is anything
     */
    public void decode(Frame.Data data, List<ByteBuffer> body, List<ByteBuffer> content) throws TransferException {
        requireSingleSegment(body.getFirst(), data.length());
        try {
            context.reset();
            inflate(body, content);
        } catch (ZstdException e) {
            throw corrupt("it cannot be decoded (%s)".formatted(e.getMessage()));
        }
        checkCrc(data, content);
    }

    /** Looks at the beginning itself: of what it says depends how much memory the library takes. */
    private static void requireSingleSegment(ByteBuffer head, int length) throws TransferException {
        int sizeAt = MAGIC_BYTES + 1;
        if (head.remaining() < sizeAt || littleEndian(head, 0, MAGIC_BYTES) != MAGIC) {
            throw corrupt("it does not begin as a Zstandard frame");
        }
        int descriptor = (int) littleEndian(head, MAGIC_BYTES, 1);
        int sizeBytes = 1 << (descriptor >>> SIZE_SHIFT);
        if ((descriptor & ALL_BUT_SIZE) != SINGLE_SEGMENT || sizeBytes > Integer.BYTES) {
            throw corrupt("its descriptor is 0x%02x, expected a single segment".formatted(descriptor));
        }
        if (head.remaining() < sizeAt + sizeBytes) {
            throw corrupt("it ends in its header");
        }
        long size = littleEndian(head, sizeAt, sizeBytes) + (sizeBytes == Short.BYTES ? TWO_BYTES_FROM : 0);
        if (size != length) {
            throw corrupt("it says that it holds %d bytes, expected %d".formatted(size, length));
        }
    }

    private static long littleEndian(ByteBuffer head, int at, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << Byte.SIZE | Byte.toUnsignedInt(head.get(head.position() + at + i));
        }
        return value;
    }

    private void inflate(List<ByteBuffer> body, List<ByteBuffer> content) throws TransferException {
        int part = 0;
        boolean ended = false;
        for (ByteBuffer room : content) {
            int start = room.position();
            while (room.hasRemaining()) {
                part = nextOf(body, part);
                if (ended || part == body.size()) {
                    throw corrupt("it ends too early");
                }
                ended = context.decompressDirectByteBufferStream(room, body.get(part));
            }
            room.position(start);
        }
        while (!ended) {
            part = nextOf(body, part);
            if (part == body.size()) {
                throw corrupt("it ends too early");
            }
            ended = context.decompressDirectByteBufferStream(NO_ROOM, body.get(part));
        }
        if (nextOf(body, part) != body.size()) {
            throw corrupt("there are bytes after its end");
        }
    }

    /** The first part, from this one on, of which something is left. */
    private static int nextOf(List<ByteBuffer> body, int part) {
        int next = part;
        while (next < body.size() && !body.get(next).hasRemaining()) {
            next++;
        }
        return next;
    }

    private void checkCrc(Frame.Data data, List<ByteBuffer> content) throws TransferException {
        crc.reset();
        content.forEach(crc::update);
        if (crc.value() != data.crc()) {
            throw corrupt("its crc32c is %s, expected %s".formatted(Crc32c.hex(crc.value()), Crc32c.hex(data.crc())));
        }
    }

    private static TransferException corrupt(String why) {
        return new TransferException(ErrorCode.CORRUPT_FRAME, "compressed body of a DATA frame", why);
    }

    /** Gives its memory back. */
    @Override
    public void close() {
        context.close();
    }
}
