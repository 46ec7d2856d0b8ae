package ferry.wire;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;

/**
 * Sees to it that a frame which was begun gets on: docs/PROTOCOL.md, section 6. If bytes are lost on the way, the keep-alives that
 * follow would else fill it up for hours, and a peer that sends a byte a second would be taken for a lively one. Counts only
 * the time in which its thread waits for the peer. For the one thread that reads.
 */
final class FramePace {
    private final Side from;
    private Duration limit = Duration.ZERO;
    private long limitNanos = Long.MAX_VALUE;

    private int arrived;
    private long waitedNanos;

    FramePace(Side from) {
        this.from = from;
    }

    /** @param longest without {@value Limits#MIN_FRAME_PROGRESS} bytes or the end of the frame; zero for no limit */
    void limit(Duration longest) {
        limit = longest;
        limitNanos = longest.isZero() ? Long.MAX_VALUE : longest.toNanos();
    }

    /** The first byte of a frame is there. */
    void begin() {
        arrived = 0;
        waitedNanos = 0;
    }

    /** So many bytes of the frame, and perhaps of those behind it, have come after so much waiting. */
    void arrived(int bytes, long waited) {
        arrived += bytes;
        waitedNanos += waited;
        if (arrived >= Limits.MIN_FRAME_PROGRESS) {
            begin();
        }
    }

    /**
     * The frame is not there yet, and is to be waited for once more.
     *
     * @throws TransferException TIMEOUT
     */
    void requireProgress() throws TransferException {
        if (waitedNanos > limitNanos) {
            throw new TransferException(
                    ErrorCode.TIMEOUT,
                    "connection",
                    "waited %d s for the rest of a frame from the %s, and %d bytes of it came"
                            .formatted(limit.toSeconds(), from, arrived));
        }
    }
}
