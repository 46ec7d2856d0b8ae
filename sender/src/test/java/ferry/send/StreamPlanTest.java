package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class StreamPlanTest {
    private static final long MUCH = 100L << 30;
    private static final Streams AUTO = new Streams.Auto();

    private long now = 1_000_000;
    private long moved;

    /** Lets so many seconds pass, in which so many bytes a second go, and says how many streams are wanted then. */
    private int pass(StreamPlan plan, double seconds, double rate, boolean writing) {
        int wanted = plan.look(now, moved, MUCH, 0);
        for (double passed = 0; passed < seconds; passed += 0.05) {
            now += 50_000_000;
            moved += Math.round(rate * 0.05);
            wanted = plan.look(now, moved, MUCH, writing ? wanted - 1 : 0);
        }
        return wanted;
    }

    @Test
    void readsANumberOrAuto() throws Exception {
        assertThat(Streams.parse("auto")).isEqualTo(AUTO);
        assertThat(Streams.parse("1")).isEqualTo(Streams.ONE);
        assertThat(Streams.parse("16")).isEqualTo(new Streams.Fixed(16));
        for (String wrong : new String[] {"", "0", "17", "-1", "many", "2.5", "AUTO"}) {
            Assertions.assertThatExceptionOfType(TransferException.class)
                    .isThrownBy(() -> Streams.parse(wrong))
                    .extracting(TransferException::code)
                    .isEqualTo(ErrorCode.USAGE);
        }
    }

    @Test
    void oneStreamIsEnoughWhereTheWayIsShort() {
        assertThat(StreamPlan.of(AUTO, Duration.ZERO).most()).isOne();
        assertThat(StreamPlan.of(AUTO, Duration.ofMillis(2)).most()).isOne();
    }

    @Test
    void aNumberThatIsAskedForIsTaken() {
        StreamPlan plan = StreamPlan.of(new Streams.Fixed(5), Duration.ofMillis(100));
        assertThat(plan.most()).isEqualTo(5);
        assertThat(plan.look(now, 0, 1, 0)).isEqualTo(5);
        assertThat(pass(plan, 60, 1e9, true)).isEqualTo(5);
    }

    @Test
    void nothingIsMeasuredBeforeAnythingMayBeSent() {
        StreamPlan plan = StreamPlan.of(AUTO, Duration.ofMillis(100));
        for (int i = 0; i < 200; i++) {
            now += 50_000_000;
            assertThat(plan.prepare(now, moved, MUCH)).isEqualTo(4);
        }
        assertThat(pass(plan, 4, 50e6, true)).isEqualTo(8);
    }

    @Test
    void littleIsSentOverOneStream() {
        StreamPlan plan = StreamPlan.of(AUTO, Duration.ofMillis(100));
        assertThat(plan.look(now, 0, 1 << 20, 0)).isOne();
    }

    @Test
    void doublesAsLongAsThatGains() {
        StreamPlan plan = StreamPlan.of(AUTO, Duration.ofMillis(100));
        int beginning = plan.look(now, 0, MUCH, 0);
        assertThat(beginning).isBetween(2, 4);
        int wanted = beginning;
        for (int i = 0; i < 20; i++) {
            wanted = pass(plan, 0.5, wanted * 1e6, true);
        }
        assertThat(wanted).isEqualTo(16);
    }

    @Test
    void keepsWhatHasGainedThoughTheSourceIsSlowForAWhile() {
        StreamPlan plan = StreamPlan.of(AUTO, Duration.ofMillis(100));
        int wanted = plan.look(now, 0, MUCH, 0);
        for (int i = 0; i < 20; i++) {
            wanted = pass(plan, 0.5, wanted * 1e6, true);
        }
        assertThat(pass(plan, 10, 1e5, true)).isEqualTo(16);
    }

    @Test
    void goesBackIfMoreStreamsMoveNoMore() {
        StreamPlan plan = StreamPlan.of(AUTO, Duration.ofMillis(100));
        int beginning = plan.look(now, 0, MUCH, 0);
        int most = beginning;
        for (int i = 0; i < 40; i++) {
            most = Math.max(most, pass(plan, 0.25, 60e6, true));
        }
        assertThat(most).isEqualTo(2 * beginning);
        assertThat(pass(plan, 10, 60e6, true)).isEqualTo(beginning);
        assertThat(plan.reason()).contains("no more than 60");
    }

    @Test
    void addsNoneIfStreamsDoNotWaitForTheNetwork() {
        StreamPlan plan = StreamPlan.of(AUTO, Duration.ofMillis(100));
        int beginning = plan.look(now, 0, MUCH, 0);
        assertThat(pass(plan, 20, 60e6, false)).isEqualTo(beginning);
        assertThat(plan.reason()).contains("do not wait");
    }
}
