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
        budget.spend(60);
        free -= 60;
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

    private SpaceBudget budget(OptionalLong maxStaging, Kept kept) {
        return new SpaceBudget(() -> free, maxStaging, kept);
    }

    private void write(SpaceBudget shared, long bytes) {
        shared.spend(bytes);
        free -= bytes;
    }

    @Test
    void countsWhatIsKeptAsRoomAndLeavesItUntilBytesNeedTheRoom() throws Exception {
        Kept kept = new Kept();
        SpaceBudget shared = budget(OptionalLong.empty(), kept);
        assertThat(shared.available()).isEqualTo(130);
        shared.promise("first", 130);
        assertThat(kept.things).as("by a promise nothing is written").isEqualTo(3);
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> shared.promise("second", 1))
                .withMessage("second: 1 bytes are needed, the receiver has room for 0");
        write(shared, 95);
        assertThat(kept.things).isEqualTo(3);
        write(shared, 10);
        assertThat(kept.things).as("no more than is needed").isEqualTo(2);
        write(shared, 25);
        assertThat(kept.things).isZero();
    }

    @Test
    void promisesNoMoreThanStagingMayHold() throws Exception {
        Kept kept = new Kept();
        SpaceBudget small = budget(OptionalLong.of(50), kept);
        assertThat(small.available()).isEqualTo(50);
        small.promise("first", 40);
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> small.promise("second", 11))
                .withMessage("second: 11 bytes are needed, the receiver has room for 10");
        assertThat(kept.things).isEqualTo(3);
        write(small, 20);
        assertThat(kept.things).as("20 and 30 are the 50 that staging may hold").isEqualTo(3);
        write(small, 20);
        assertThat(kept.things).isEqualTo(1);
        assertThat(small.available()).as("written is not gone from staging").isEqualTo(10);
        small.leave(40);
        assertThat(small.available()).isEqualTo(50);
    }

    @Test
    void lessMayBeKeptOnceMoreIsTakenOverThanStagingMayHold() {
        Kept kept = new Kept();
        budget(OptionalLong.of(20), kept).trim();
        assertThat(kept.things).isEqualTo(2);
    }

    @Test
    void letsNothingMakeWayForWhoHasNoOwner() throws Exception {
        Kept kept = new Kept();
        SpaceBudget shared = budget(OptionalLong.of(90), kept);
        SpaceBudget unknown = shared.sparingWhatIsKept();
        assertThat(unknown.available())
                .as("staging's 90 less the 30 that are kept")
                .isEqualTo(60);
        unknown.promise("unknown", 40);
        assertThat(shared.available()).as("the promises are counted together").isEqualTo(50);
        shared.promise("owned", 50);
        assertThat(unknown.available()).isZero();
        write(unknown, 40);
        free = 0;
        unknown.spend(0);
        assertThat(unknown.makeRoom()).isFalse();
        assertThat(kept.things).isEqualTo(3);
        assertThat(shared.makeRoom()).isTrue();
    }

    @Test
    void doesNotWaitForWhatCannotMakeWay() throws Exception {
        KeptSpace claimed = new KeptSpace() {
            @Override
            public long bytes() {
                return 10;
            }

            @Override
            public boolean evictOldest() {
                return false;
            }
        };
        SpaceBudget shared = new SpaceBudget(() -> free, OptionalLong.empty(), claimed);
        shared.promise("file", 110);
        shared.spend(110);
        assertThat(shared.available()).isEqualTo(110);
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
