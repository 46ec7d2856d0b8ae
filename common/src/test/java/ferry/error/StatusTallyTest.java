package ferry.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatusTallyTest {
    private final StatusTally tally = new StatusTally();

    @Test
    void isDoneWhenThereWasNothingToDo() {
        assertThat(tally.status()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void isDoneWhenNothingFailed() {
        tally.succeeded();
        tally.succeeded();
        assertThat(tally.status()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void isTheStatusOfTheCauseWhenAllFailedForIt() {
        tally.failed(ErrorCode.SOURCE_UNREADABLE);
        tally.failed(ErrorCode.SOURCE_UNREADABLE);
        assertThat(tally.status()).isEqualTo(ExitStatus.LOCAL_FILE);
    }

    @Test
    void takesCodesOfOneStatusForOneCause() {
        tally.failed(ErrorCode.NO_SPACE);
        tally.failed(ErrorCode.CONFLICT);
        assertThat(tally.status()).isEqualTo(ExitStatus.REFUSED);
    }

    @Test
    void isPartialWhenOnlySomeFailed() {
        tally.failed(ErrorCode.SOURCE_UNREADABLE);
        tally.succeeded();
        assertThat(tally.status()).isEqualTo(ExitStatus.PARTIAL);
    }

    @Test
    void isPartialWhenAllFailedForDifferentCauses() {
        tally.failed(ErrorCode.SOURCE_UNREADABLE);
        tally.failed(ErrorCode.CONFLICT);
        assertThat(tally.status()).isEqualTo(ExitStatus.PARTIAL);
    }

    @Test
    void countsASkippedEntryAsRefused() {
        tally.failed(ErrorCode.SKIPPED);
        assertThat(tally.status()).isEqualTo(ExitStatus.REFUSED);
        tally.succeeded();
        assertThat(tally.status()).isEqualTo(ExitStatus.PARTIAL);
    }

    @Test
    void countsWhatManyThreadsTellIt() {
        IntStream.range(0, 10_000).parallel().forEach(i -> {
            tally.succeeded();
            tally.failed(ErrorCode.NO_SPACE);
        });
        assertThat(tally.status()).isEqualTo(ExitStatus.PARTIAL);
    }
}
