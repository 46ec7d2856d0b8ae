package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps all events, in order. */
final class Events implements TransferListener {
    private final List<TransferEvent> all = new CopyOnWriteArrayList<>();

    @Override
    public void on(TransferEvent event) {
        all.add(event);
    }

    <T extends TransferEvent> List<T> of(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The one event of this kind. */
    <T extends TransferEvent> T only(Class<T> kind) {
        assertThat(of(kind)).as("all events: %s", all).hasSize(1);
        return of(kind).getFirst();
    }
}
