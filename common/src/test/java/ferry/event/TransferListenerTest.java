package ferry.event;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.event.TransferEvent.Notice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferListenerTest {
    private static final TransferListener WANTS_FRAMES = new TransferListener() {
        @Override
        public void on(TransferEvent event) {}

        @Override
        public boolean wantsFrames() {
            return true;
        }
    };

    @Test
    void allPassesEachEventToEveryListenerInTheirOrder() {
        List<String> heard = new ArrayList<>();
        TransferListener all =
                TransferListener.all(event -> heard.add("first " + event), event -> heard.add("second " + event));

        Notice notice = new Notice("waiting");
        all.on(notice);

        assertThat(heard).containsExactly("first " + notice, "second " + notice);
    }

    @Test
    void allWantsFramesIfAnyOfThemDoes() {
        assertThat(TransferListener.all(TransferListener.NONE, WANTS_FRAMES).wantsFrames())
                .isTrue();
        assertThat(TransferListener.all(TransferListener.NONE).wantsFrames()).isFalse();
        assertThat(TransferListener.all().wantsFrames()).isFalse();
    }
}
