package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.util.OptionalLong;
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

    /** Three things that are kept, of ten bytes each. */
    private final class Kept implements KeptSpace {
        private int things = 3;

        @Override
        public long bytes() {
            return 10L * things;
        }

        @Override
        public boolean evictOldest() {
            if (things == 0) {
                return false;
            }
            things--;
            free += 10;
            return true;
        }
    }

    @Test
    void letsWhatIsKeptMakeWayForWhatIsNeededAndNoMoreOfIt() throws Exception {
        Kept kept = new Kept();
        SpaceBudget shared = new SpaceBudget(() -> free, OptionalLong.empty(), kept);
        assertThat(shared.available()).isEqualTo(130);
        shared.promise("first", 95);
        assertThat(kept.things).isEqualTo(3);
        shared.promise("second", 10);
        assertThat(kept.things).isEqualTo(2);
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> shared.promise("third", 26))
                .withMessage("third: 26 bytes are needed, the receiver has room for 25");
        assertThat(kept.things).as("nothing goes in vain").isEqualTo(2);
        shared.promise("fourth", 25);
        assertThat(kept.things).isZero();
    }

    @Test
    void promisesNoMoreThanStagingMayHold() throws Exception {
        Kept kept = new Kept();
        SpaceBudget small = new SpaceBudget(() -> free, OptionalLong.of(50), kept);
        assertThat(small.available()).isEqualTo(50);
        small.promise("first", 20);
        assertThat(kept.things).isEqualTo(3);
        small.promise("second", 20);
        assertThat(kept.things).isEqualTo(1);
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> small.promise("third", 11))
                .withMessage("third: 11 bytes are needed, the receiver has room for 10");
        small.settle(20);
        assertThat(small.available()).as("written is not gone from staging").isEqualTo(10);
        small.leave(20);
        assertThat(small.available()).isEqualTo(30);
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
