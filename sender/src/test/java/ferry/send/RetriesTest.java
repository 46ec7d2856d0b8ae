package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.send.Retries.Attempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private static List<Duration> all(Retries retries) {
        List<Duration> pauses = new ArrayList<>();
        for (Optional<Attempt> next = retries.next(); next.isPresent(); next = retries.next()) {
            pauses.add(next.get().pause());
            assertThat(next.get().number()).isEqualTo(pauses.size());
        }
        return pauses;
    }

    private static Retries retries(int most, Duration first) {
        return new Retries(new RetryPolicy(most, first));
    }

    @Test
    void survivesACutOfSomeMinutesByDefault() {
        List<Duration> pauses = all(retries(Integer.parseInt(RetryPolicy.DEFAULT_MOST), Duration.ofSeconds(1)));
        Duration sum = pauses.stream().reduce(Duration.ZERO, Duration::plus);
        assertThat(sum).isBetween(Duration.ofMinutes(4), Duration.ofSeconds(481));
    }

    @Test
    void doublesTheWaitWithJitterUpToHalfAMinute() {
        List<Duration> pauses = all(retries(9, Duration.ofSeconds(1)));
        for (int i = 0; i < pauses.size(); i++) {
            Duration step = Duration.ofSeconds(Math.min(30, 1L << i));
            assertThat(pauses.get(i)).isBetween(step.dividedBy(2), step);
        }
    }

    @Test
    void waitsAsLongAsItWasToldEvenIfThatIsLong() {
        assertThat(all(retries(3, Duration.ofMinutes(10))))
                .allMatch(pause -> pause.compareTo(Duration.ofMinutes(5)) >= 0);
    }

    @Test
    void doesNotTryAtAllIfItIsTurnedOff() {
        assertThat(all(retries(0, Duration.ofSeconds(1)))).isEmpty();
        assertThat(new RetryPolicy(0, Duration.ofSeconds(1)).isOff()).isTrue();
    }

    @Test
    void countsAnewAfterAnAnswer() {
        Retries retries = retries(2, Duration.ofSeconds(8));
        retries.lost(0, 0);
        assertThat(all(retries)).hasSize(2);
        retries.lost(1, 0);
        assertThat(retries.next()).hasValueSatisfying(next -> {
            assertThat(next.number()).isOne();
            assertThat(next.pause()).isLessThanOrEqualTo(Duration.ofSeconds(8));
        });
    }

    @Test
    void countsAnewIfItCameFurtherThanBefore() {
        Retries retries = retries(2, Duration.ofSeconds(1));
        retries.lost(0, 100);
        retries.next();
        retries.lost(0, 101);
        assertThat(retries.next()).map(Attempt::number).hasValue(1);
        retries.lost(0, 101);
        assertThat(retries.next()).map(Attempt::number).hasValue(2);
        retries.lost(0, 50);
        assertThat(retries.next()).isEmpty();
    }
}
