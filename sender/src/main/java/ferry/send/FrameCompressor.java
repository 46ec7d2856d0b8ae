package ferry.send;

import ferry.error.TransferException;
import ferry.wire.ZstdEncoder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the frames of one stream that get smaller, while the {@link CompressionPlan} wants it. Content that does not is tried ever
 * more rarely; each file is another chance. For the stream's thread alone. Loads zstd's library for the first frame.
 */
final class FrameCompressor implements AutoCloseable {
    /** Content of one frame: more gains next to nothing. */
    static final int MOST = 512 << 10;

    /** Less is not worth it. */
    private static final int LEAST = 512;

    /** What is left must be less than this part. */
    private static final double WORTH = 0.9;

    /** After so many frames that did not get smaller, some are passed over. */
    private static final int CHANCES = 2;

    /** No more than so many. */
    private static final int MOST_PASSED = 32;

    private final CompressionPlan plan;
    private @Nullable ZstdEncoder encoder;
    private long file = -1;
    private int failures;
    private int pass;

    FrameCompressor(CompressionPlan plan) {
        this.plan = plan;
    }

    /**
     * Whether the next frame shall be tried, and so have no more than {@link #MOST} bytes of content.
     *
     * @param entry of which it is
     * @param left bytes that are at hand from there
     */
    boolean tries(long entry, long left) {
        if (!plan.compresses()) {
            return false;
        }
        boolean isNew = entry != file && left >= MOST;
        file = entry;
        if (pass == 0 || isNew) {
            return true;
        }
        pass--;
        return false;
    }

    /**
     * Compresses what remains of {@code content} into what remains of {@code body}, whose limit is set, if it gets enough smaller.
     * Both direct.
     *
     * @return whether it did
     */
    boolean compress(ByteBuffer content, ByteBuffer body) {
        int length = content.remaining();
        if (length < LEAST) {
            return false;
        }
        body.limit(body.position() + Math.min(body.remaining(), (int) (WORTH * length)));
        try {
            ZstdEncoder open = encoder;
            if (open == null) {
                open = ZstdEncoder.open();
                encoder = open;
            }
            if (open.encode(content, body)) {
                failures = 0;
                pass = 0;
                return true;
            }
            failures++;
            pass = failures < CHANCES ? 0 : Math.min(1 << Math.min(failures, Integer.SIZE - 2), MOST_PASSED);
        } catch (TransferException e) {
            plan.unavailable(e.why());
        }
        return false;
    }

    /** Gives the encoder's memory back. */
    @Override
    public void close() {
        ZstdEncoder open = encoder;
        encoder = null;
        if (open != null) {
            open.close();
        }
    }
}
