package ferry.wire;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;

/**
 * Makes content smaller for the body of a DATA frame in {@link Encoding#ZSTD}: section 5.6 of docs/PROTOCOL.md. One thread.
 *
 * <p>The first of a process loads zstd's library, which takes some milliseconds. Each holds about half a MiB outside of the heap
 * until it is closed.
 */
public final class ZstdEncoder implements AutoCloseable {
    /** The fastest of the usual ones: on a slow network the next ones gain a few per cent, and take half as long again. */
    private static final int LEVEL = 1;

    /** So that all content of a frame is one segment. */
    private static final int WINDOW_LOG = Integer.numberOfTrailingZeros(Limits.MAX_BODY);

    private final ZstdCompressCtx context;

    private ZstdEncoder(ZstdCompressCtx context) {
        this.context = context;
    }

    /**
     * A new one, to be closed.
     *
     * @throws TransferException INTERNAL if the library cannot be loaded, or there is no memory for it
     */
    public static ZstdEncoder open() throws TransferException {
        return new ZstdEncoder(ZstdLibrary.call(ZstdEncoder::context));
    }

    private static ZstdCompressCtx context() {
        return new ZstdCompressCtx()
                .setLevel(LEVEL)
                .setWindowLog(WINDOW_LOG)
                .setContentSize(true)
                .setChecksum(false)
                .setDictID(false);
    }

    /**
     * Encodes what remains of {@code content}, if it then fits into what remains of {@code body}. Neither position moves; the
     * limit of {@code body} is set to the end of what was written.
     *
     * @param content 1 to {@link Limits#MAX_BODY} bytes, direct
     * @param body direct
     * @return whether it fitted; if not, {@code body} holds anything
     * @throws TransferException INTERNAL
     */
    public boolean encode(ByteBuffer content, ByteBuffer body) throws TransferException {
        try {
            int length = context.compressDirectByteBuffer(
                    body, body.position(), body.remaining(), content, content.position(), content.remaining());
            body.limit(body.position() + length);
            return true;
        } catch (ZstdException e) {
            if (e.getErrorCode() == Zstd.errDstSizeTooSmall()) {
                return false;
            }
            throw new TransferException(ErrorCode.INTERNAL, "zstd", e.toString(), e);
        }
    }

    /** Gives its memory back. */
    @Override
    public void close() {
        context.close();
    }
}
