package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.event.TransferEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PacedNoticesTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);
    private final List<TransferEvent> heard = new ArrayList<>();
    private final PacedNotices notices = new PacedNotices(heard::add, now::get);

    @Test
    void tellsABurstThenOneASecondAndCountsTheRest() {
        for (int i = 0; i < 100; i++) {
            notices.notice("scan");
        }
        assertThat(heard).hasSize(PacedNotices.BURST);
        now.addAndGet(PacedNotices.NANOS_EACH);
        notices.notice("scan");
        notices.notice("scan");
        assertThat(heard).hasSize(PacedNotices.BURST + 1);
        assertThat(((TransferEvent.Notice) heard.getLast()).text()).isEqualTo("scan (and 80 like this were left out)");
    }

    @Test
    void tellsWarningsHoweverManyNoticesThereAre() {
        for (int i = 0; i < 100; i++) {
            notices.notice("scan");
        }
        for (int i = 0; i < 100; i++) {
            notices.warning("wrong code");
        }
        assertThat(heard).hasSize(2 * PacedNotices.BURST);
        assertThat(heard.getLast()).isEqualTo(new TransferEvent.Warning("wrong code", List.of()));
    }

    @Test
    void savesUpNoMoreThanABurst() {
        now.addAndGet(1000 * PacedNotices.NANOS_EACH);
        for (int i = 0; i < 100; i++) {
            notices.notice("scan");
        }
        assertThat(heard).hasSize(PacedNotices.BURST);
    }
}
