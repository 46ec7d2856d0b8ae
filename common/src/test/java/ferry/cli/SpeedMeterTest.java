package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpeedMeterTest {
    private static final long SECOND = 1_000_000_000L;

    private final SpeedMeter meter = new SpeedMeter(1000, 5 * SECOND);

    @Test
    void isExactFromTheFirstMeasureOnIfTheSpeedIsSteady() {
        for (int i = 1; i <= 20; i++) {
            assertThat(meter.measure(1000 + i * 50L, 5 * SECOND + i * SECOND / 2))
                    .isEqualTo(100);
        }
    }

    @Test
    void forgetsTheSpeedOfLongAgo() {
        meter.measure(1000 + 10_000, 6 * SECOND);
        long nanos = 6 * SECOND;
        long speed = Long.MAX_VALUE;
        for (int i = 0; i < 60; i++) {
            nanos += SECOND;
            long next = meter.measure(11_000, nanos);
            assertThat(next).isLessThanOrEqualTo(speed);
            speed = next;
        }
        assertThat(speed).isZero();
    }

    @Test
    void knowsNothingBeforeTimeHasPassed() {
        assertThat(meter.measure(5000, 5 * SECOND)).isZero();
    }
}
