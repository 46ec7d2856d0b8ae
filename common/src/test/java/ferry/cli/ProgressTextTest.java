package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.event.TransferProgress.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTextTest {
    private static final Sample HALF = new Sample(300, 120, 3_000_000_000L, 1_500_000_000L, 0, true);

    @Test
    void showsPercentBarBytesSpeedTimeLeftAndFiles() {
        assertThat(ProgressText.of(HALF, 1, 500_000_000, "", 99))
                .isEqualTo(" 50% [==================>                  ] "
                        + "1.5 GB of 3.0 GB, 500 MB/s, 3 s left, 120 of 300 files");
    }

    @Test
    void fillsTheBarAtTheEndAndSaysWhatIsWaitedFor() {
        Sample all = new Sample(1, 0, 1000, 900, 100, true);
        assertThat(ProgressText.of(all, 1, 50, "", 60))
                .isEqualTo("100% [=================] 1.0 kB of 1.0 kB, 50 B/s, finishing");
    }

    @Test
    void doesNotPromiseAnEndWhenNothingMoves() {
        Sample stalled = new Sample(1, 0, 1000, 10, 0, true);
        assertThat(ProgressText.of(stalled, 1, 0, "", 80))
                .contains("  1% [")
                .endsWith("10 B of 1.0 kB, 0 B/s, waiting");
    }

    @Test
    void showsNoBarWithoutATotal() {
        Sample scanning = new Sample(300, 120, 3_000_000_000L, 1_500_000_000L, 0, false);
        assertThat(ProgressText.of(scanning, 1, 500_000_000, "", 80))
                .isEqualTo("1.5 GB, 500 MB/s, 120 of 300 files so far");
        Sample pipe = new Sample(1, 0, 0, 70, 0, false);
        assertThat(ProgressText.of(pipe, 1, 7, "", 80)).isEqualTo("70 B, 7 B/s");
    }

    @Test
    void saysHowManyTransfersItStandsFor() {
        assertThat(ProgressText.of(HALF, 3, 500_000_000, "", 80)).endsWith(", 3 transfers");
    }

    @Test
    void leavesTheBarOutWhereThereIsNoRoom() {
        assertThat(ProgressText.of(HALF, 1, 500_000_000, "", 69))
                .isEqualTo(" 50% 1.5 GB of 3.0 GB, 500 MB/s, 3 s left, 120 of 300 files");
    }

    @ParameterizedTest
    @ValueSource(ints = {19, 40, 59, 60, 61, 67, 68, 69, 70, 71, 79, 200})
    void isNeverWiderThanTheTerminal(int width) {
        assertThat(ProgressText.of(HALF, 1, 500_000_000, "", width)).hasSizeLessThanOrEqualTo(width);
    }

    @Test
    void saysWhyNothingMovesInPlaceOfTheSpeed() {
        assertThat(ProgressText.of(HALF, 1, 0, "reconnecting (2 of 20)", 99))
                .contains(", reconnecting (2 of 20)")
                .doesNotContain("/s")
                .doesNotContain("left");
    }
}
