package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SpaceBudgetTest {
    private long free = SpaceBudget.RESERVE + 100;
    private final SpaceBudget budget = new SpaceBudget(() -> free);

    @Test
    void promisesNoMoreThanIsFreeLessTheReserve() throws Exception {
        budget.promise("first", 60);
        assertThat(budget.available()).isEqualTo(40);
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> budget.promise("second", 41))
                .withMessage("second: 41 bytes are needed, the receiver has room for 40")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE));
        budget.promise("third", 40);
    }

    @Test
    void countsWhatIsWrittenOnce() throws Exception {
        budget.promise("first", 60);
        free -= 60;
        budget.settle(60);
        assertThat(budget.available()).isEqualTo(40);
    }

    @Test
    void isNotFooledByAbsurdSizes() throws Exception {
        assertThatExceptionOfType(TransferException.class).isThrownBy(() -> budget.promise("absurd", Long.MAX_VALUE));
        SpaceBudget boundless = new SpaceBudget(() -> Long.MAX_VALUE);
        boundless.promise("first", Long.MAX_VALUE - SpaceBudget.RESERVE);
        assertThatExceptionOfType(TransferException.class).isThrownBy(() -> boundless.promise("second", 1));
    }

    @Test
    void promisesEverythingWhereNobodyKnows() throws Exception {
        SpaceBudget unknown = new SpaceBudget(() -> {
            throw new IOException("not supported");
        });
        unknown.promise("file", 1L << 50);
    }

    @Test
    void anEmptyFileNeedsNothingEvenOnAFullDisk() throws Exception {
        free = 0;
        budget.promise("empty", 0);
        assertThat(budget.available()).isZero();
    }
}
