package ferry.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
    /** Time that passes only when somebody sleeps or a test says so; it begins shortly before it wraps around. */
    private static final class FakeClock implements RateLimiter.Clock {
        private static final long ORIGIN =
                Long.MAX_VALUE - Duration.ofMillis(300).toNanos();
        private long now = ORIGIN;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void sleep(long nanos) {
            assertThat(nanos).isPositive();
            now += nanos;
        }

        void pass(Duration time) {
            now += time.toNanos();
        }

        Duration elapsed() {
            return Duration.ofNanos(now - ORIGIN);
        }
    }

    private final FakeClock clock = new FakeClock();

    @ParameterizedTest
    @ValueSource(longs = {1_000, 20_000_000, 3_000_000_000L})
    void keepsToTheRateOverTime(long rate) throws Exception {
        RateLimiter limiter = RateLimiter.of(OptionalLong.of(rate), clock);
        long sent = 0;
        while (sent < 5 * rate) {
            limiter.acquire(limiter.largestPiece());
            sent += limiter.largestPiece();
        }
        assertThat(clock.elapsed())
                .isBetween(nanos(sent, rate), nanos(sent, rate).plusMillis(1));
    }

    @Test
    void keepsToTheRateWithPiecesOfAnySize() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        RateLimiter limiter = RateLimiter.of(OptionalLong.of(1_000_000), clock);
        long sent = 0;
        for (int i = 0; i < 1_000; i++) {
            int piece = 1 + random.nextInt(50_000);
            limiter.acquire(piece);
            sent += piece;
        }
        assertThat(clock.elapsed())
                .as("seed %d", seed)
                .isBetween(nanos(sent, 1_000_000), nanos(sent, 1_000_000).plusMillis(1));
    }

    @Test
    void savesNoMoreThanFiftyMillisecondsInAPause() throws Exception {
        RateLimiter limiter = RateLimiter.of(OptionalLong.of(1_000_000), clock);
        clock.pass(Duration.ofHours(1));
        limiter.acquire(50_000);
        assertThat(clock.elapsed()).isEqualTo(Duration.ofHours(1));
        limiter.acquire(10_000);
        assertThat(clock.elapsed()).isEqualTo(Duration.ofHours(1).plusMillis(10));
    }

    @ParameterizedTest
    @CsvSource({"1,512", "100000,5000", "20000000,1000000", "1000000000,1048576"})
    void proposesPiecesOfFiftyMilliseconds(long rate, int piece) {
        assertThat(RateLimiter.of(OptionalLong.of(rate), clock).largestPiece()).isEqualTo(piece);
    }

    @Test
    void neverWaitsWithoutALimit() throws Exception {
        RateLimiter limiter = RateLimiter.of(OptionalLong.empty(), clock);
        limiter.acquire(Integer.MAX_VALUE);
        assertThat(clock.elapsed()).isZero();
    }

    @Test
    void refusesALimitOfNothing() {
        assertThatThrownBy(() -> RateLimiter.of(OptionalLong.of(0))).isInstanceOf(IllegalArgumentException.class);
    }

    private static Duration nanos(long bytes, long rate) {
        return Duration.ofSeconds(bytes / rate).plusNanos(Math.ceilDiv(bytes % rate * 1_000_000_000L, rate));
    }
}
