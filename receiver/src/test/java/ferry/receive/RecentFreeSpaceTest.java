package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentFreeSpaceTest {
    private long free = 2 * RecentFreeSpace.PLENTY;
    private long now;
    private int asked;

    private final FreeSpace space = new RecentFreeSpace(this::ask, () -> now);

    private long ask() {
        asked++;
        return free;
    }

    @Test
    void asksOnceInAMomentWhereThereIsPlenty() throws Exception {
        for (int i = 0; i < 1000; i++) {
            assertThat(space.bytes()).isEqualTo(2 * RecentFreeSpace.PLENTY);
        }
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void asksAgainAfterAMoment() throws Exception {
        space.bytes();
        free = 7;
        now += RecentFreeSpace.MOMENT.toNanos() + 1;
        assertThat(space.bytes()).isEqualTo(7);
    }

    @Test
    void asksEachTimeWhereSpaceIsScarce() throws Exception {
        free = RecentFreeSpace.PLENTY - 1;
        space.bytes();
        free = 0;
        assertThat(space.bytes()).isZero();
        assertThat(asked).isEqualTo(2);
    }
}
