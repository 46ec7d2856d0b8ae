package ferry.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration CAP = Duration.ofSeconds(2);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000);

    @Test
    void pausesGrowToACapWithAtLeastHalfOfEachCertain() {
        long seed = new SplittableRandom().nextLong();
        Backoff backoff = new Backoff(FIRST, CAP, Duration.ofMinutes(1), new Random(seed), now::get);
        long step = FIRST.toMillis();
        for (int i = 0; i < 12; i++) {
            long pause = backoff.next().orElseThrow().toMillis();
            assertThat(pause).as("pause %s, seed %s", i, seed).isBetween(step / 2, step);
            step = Math.min(2 * step, CAP.toMillis());
        }
    }

    @Test
    void thoseWhoFailedTogetherDoNotComeBackTogether() {
        List<Duration> pauses = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            pauses.add(new Backoff(FIRST, CAP, CAP, random, now::get).next().orElseThrow());
        }
        assertThat(pauses).doesNotHaveDuplicates();
    }

    @Test
    void theLastTryFallsOnTheEndOfTheTime() {
        Backoff backoff = new Backoff(FIRST, CAP, Duration.ofSeconds(5), new Random(1), now::get);
        Duration slept = Duration.ZERO;
        Optional<Duration> pause = backoff.next();
        while (pause.isPresent()) {
            slept = slept.plus(pause.get());
            now.addAndGet(pause.get().toNanos());
            pause = backoff.next();
        }
        assertThat(slept).isEqualTo(Duration.ofSeconds(5));
        assertThat(backoff.remaining()).isZero();
    }

    @Test
    void noneNeverTriesAgain() throws InterruptedException {
        assertThat(Backoff.none().next()).isEmpty();
        assertThat(Backoff.none().pause()).isFalse();
    }
}
