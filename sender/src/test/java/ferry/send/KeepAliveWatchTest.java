package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class KeepAliveWatchTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private long now = Long.MAX_VALUE - 1000;
    private long moved;
    private boolean itsTurn = true;

    private KeepAliveWatch watch(Duration timeout) {
        return new KeepAliveWatch("host:1", timeout, () -> now, () -> moved, () -> itsTurn);
    }

    private void after(Duration pause, KeepAliveWatch watch) throws TransferException {
        now += pause.toNanos();
        watch.keptAlive();
    }

    private static void assertFails(ThrowingCallable step, ErrorCode code, String message) {
        assertThatThrownBy(step).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e).hasMessage(message);
        });
    }

    @Test
    void givesUpAReceiverThatForAnHourOnlyKeepsAlive() throws Exception {
        KeepAliveWatch watch = watch(MINUTE);
        for (int i = 0; i < 59; i++) {
            after(MINUTE, watch);
        }
        assertFails(
                () -> after(MINUTE, watch),
                ErrorCode.TIMEOUT,
                "host:1: for 60 minutes it has said only that it is alive, and taken no content");
    }

    @Test
    void waitsForAsLongAsItsUserDoes() throws Exception {
        KeepAliveWatch watch = watch(Duration.ofHours(3));
        after(Duration.ofMinutes(179), watch);
        assertFails(
                () -> after(MINUTE, watch),
                ErrorCode.TIMEOUT,
                "host:1: for 180 minutes it has said only that it is alive, and taken no content");
    }

    @Test
    void goesOnWithAReceiverThatAnswersOrTakesContentNowAndThen() throws Exception {
        KeepAliveWatch watch = watch(MINUTE);
        for (int hours = 0; hours < 10; hours++) {
            after(Duration.ofMinutes(59), watch);
            watch.answered();
            after(Duration.ofMinutes(59), watch);
            moved++;
            watch.keptAlive();
        }
    }

    @Test
    void goesOnWithAReceiverWhoseTurnItIsNot() throws Exception {
        KeepAliveWatch watch = watch(MINUTE);
        itsTurn = false;
        after(Duration.ofDays(3), watch);
        itsTurn = true;
        assertFails(
                watch::keptAlive,
                ErrorCode.TIMEOUT,
                "host:1: for 60 minutes it has said only that it is alive, and taken no content");
    }

    @Test
    void refusesAFlood() throws Exception {
        KeepAliveWatch watch = watch(MINUTE);
        for (int seconds = 0; seconds < 1000; seconds++) {
            now += Duration.ofSeconds(1).toNanos();
            for (int i = 0; i < 10; i++) {
                watch.keptAlive();
            }
        }
        for (int i = 0; i < 10_000; i++) {
            watch.keptAlive();
        }
        assertFails(
                watch::keptAlive,
                ErrorCode.PROTOCOL_VIOLATION,
                "receiver: 20001 KEEPALIVEs in a row, more than 10 a second");
        watch.answered();
        watch.keptAlive();
    }
}
