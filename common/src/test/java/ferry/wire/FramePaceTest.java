package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Time is told here, not waited for. */
class FramePaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int KEEP_ALIVE_BYTES = 12;

    private final FramePace pace = new FramePace(Side.SENDER);

    private FramePaceTest() {
        pace.limit(Duration.ofSeconds(30));
        pace.begin();
    }

    /** So many bytes have come, and more are needed. */
    private void arrived(int bytes, long waited) throws TransferException {
        pace.arrived(bytes, waited);
        pace.requireProgress();
    }

    @Test
    void aFrameThatComesToItsEndAtLastIsTaken() throws Exception {
        arrived(KEEP_ALIVE_BYTES, 30 * SECOND);
        // Nothing more is needed of it.
        pace.arrived(1, SECOND);
        pace.begin();
        arrived(1, SECOND);
    }

    @Test
    void aFrameThatOnlyKeepAlivesFillIsGivenUp() throws Exception {
        for (int i = 0; i < 6; i++) {
            arrived(KEEP_ALIVE_BYTES, 5 * SECOND);
        }
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> arrived(KEEP_ALIVE_BYTES, 5 * SECOND))
                .withMessage("connection: waited 30 s for the rest of a frame from the sender, and 84 bytes of it came")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
    }

    @Test
    void aSlowLinkMayTakeForALargeFrameWhatItNeeds() throws Exception {
        for (int bytes = 0; bytes < Limits.MAX_BODY; bytes += 512) {
            arrived(512, 15 * SECOND);
        }
    }

    @Test
    void eachFrameHasItsOwnTime() throws Exception {
        for (int i = 0; i < 100; i++) {
            pace.begin();
            arrived(1, 29 * SECOND);
        }
    }

    @Test
    void withoutALimitAFrameMayTakeForEver() throws Exception {
        pace.limit(Duration.ZERO);
        arrived(1, Long.MAX_VALUE);
    }
}
