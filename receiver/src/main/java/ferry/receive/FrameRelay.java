package ferry.receive;

import ferry.event.Direction;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.wire.Frame;
import ferry.wire.FrameTrace;
import java.util.Optional;

/** Tells the listener of each frame that passes, if it wants to know; for {@code -v}. Called by the reader and the outbox. */
final class FrameRelay {
    private final TransferListener listener;
    private volatile Optional<String> transfer = Optional.empty();

    FrameRelay(TransferListener listener) {
        this.listener = listener;
    }

    /** What to give a reader or a writer. */
    FrameTrace trace() {
        return listener.wantsFrames() ? this::tell : FrameTrace.OFF;
    }

    /** From now on the transfer is known to which the frames belong. */
    void belongsTo(String id) {
        transfer = Optional.of(id);
    }

    private void tell(FrameTrace.Direction direction, Frame frame) {
        Direction way = switch (direction) {
            case SENT -> Direction.OUTGOING;
            case RECEIVED -> Direction.INCOMING;
        };
        listener.on(new TransferEvent.Frame(transfer, way, frame.describe()));
    }
}
