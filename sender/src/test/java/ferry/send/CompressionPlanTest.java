package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionPlanTest {
    private static final int FRAME = 1 << 19;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<String> decisions = new ArrayList<>();
    private final CompressionPlan plan = new CompressionPlan(Compression.AUTO, (method, why) -> decisions.add(method));

    /** Sends as the plan wants it, for so long, where a byte takes so many nanoseconds; returns how much went compressed. */
    private double send(long nanos, double plain, double computing, double rest) {
        long compressed = 0;
        long all = 0;
        for (long spent = 0; spent < nanos; ) {
            all += FRAME;
            if (plan.compresses()) {
                compressed += FRAME;
                plan.wentCompressed(FRAME, (long) (FRAME * computing), (long) (FRAME * rest));
                spent += (long) (FRAME * (computing + rest));
            } else {
                plan.wentPlain(FRAME, (long) (FRAME * plain));
                spent += (long) (FRAME * plain);
            }
        }
        return (double) compressed / all;
    }

    @ParameterizedTest
    @EnumSource
    void compressesNothingBeforeTheReceiverHasSaidThatItCanDecode(Compression wanted) {
        CompressionPlan early = new CompressionPlan(wanted, (method, why) -> decisions.add(method));
        early.wentPlain(FRAME, SECOND);
        assertThat(early.compresses()).isFalse();
        early.agreed();
        assertThat(early.compresses()).isEqualTo(wanted == Compression.ZSTD);
        assertThat(decisions).isEmpty();
    }

    @Test
    void compressesOnASlowNetworkAndGoesOnAsLongAsThatLimits() {
        plan.agreed();
        // 62.5 MB/s, of which 80 % is gained.
        assertThat(send(60 * SECOND, 16, 3, 3.2)).isGreaterThan(0.99);
        assertThat(decisions).containsExactly("zstd");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1, 2, 3.9})
    void compressesNothingOnAFastNetwork(double nanos) {
        plan.agreed();
        assertThat(send(5 * SECOND, nanos, 3, 0.1)).isZero();
        assertThat(decisions).isEmpty();
    }

    @Test
    void losesLittleByLookingAtANetworkThatIsSlowerThanZstdAndFasterThanWhatIsLeft() {
        plan.agreed();
        // The processor limits now: 330 MB/s in place of 125.
        assertThat(send(60 * SECOND, 8, 3, 0.3)).isGreaterThan(0.97);
        assertThat(decisions).containsExactly("zstd");
    }

    @Test
    void goesBackSoonWhereOnlyTheBeginningWasSlow() {
        plan.agreed();
        plan.wentPlain(FRAME, SECOND / 5);
        assertThat(plan.compresses()).isTrue();
        assertThat(send(SECOND / 2, 0.5, 3, 0.3)).isLessThan(0.5);
        assertThat(plan.compresses()).isFalse();
        assertThat(send(5 * SECOND, 0.5, 3, 0.3)).isZero();
        assertThat(decisions).containsExactly("zstd", "none");
    }

    @Test
    void triesEverMoreRarelyWhatDoesNotPay() {
        plan.agreed();
        // A slow processor.
        assertThat(send(10 * SECOND, 5, 10, 1)).isLessThan(0.1);
        decisions.clear();
        assertThat(send(100 * SECOND, 5, 10, 1)).isLessThan(0.01);
        assertThat(decisions).hasSizeBetween(2, 10);
    }

    @Test
    void noticesThatTheNetworkHasBecomeSlower() {
        plan.agreed();
        assertThat(send(10 * SECOND, 1, 3, 1)).isZero();
        assertThat(send(10 * SECOND, 16, 3, 3)).isGreaterThan(0.9);
    }

    @Test
    void whatWasAskedForIsNotMeasured() {
        CompressionPlan always = new CompressionPlan(Compression.ZSTD, (method, why) -> decisions.add(method));
        always.agreed();
        always.wentCompressed(FRAME, SECOND, 1);
        always.wentPlain(FRAME, 1);
        assertThat(always.compresses()).isTrue();
        always.unavailable("there is no library");
        assertThat(always.compresses()).isFalse();
        assertThat(decisions).containsExactly("none");
    }
}
