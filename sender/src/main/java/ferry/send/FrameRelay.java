package ferry.send;

import ferry.event.Direction;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.wire.Frame;
import ferry.wire.FrameTrace;
import ferry.wire.TransferId;
import java.util.Optional;

/**
 * Tells the listener of each frame that passes, if it wants to know; for {@code -v}. Called by the threads that read and write.
 *
 * <p>The receiver has one much like it: no package of the common ones may know both frames and events.
 */
final class FrameRelay {
    private final TransferListener listener;
    private final String transfer;

    FrameRelay(TransferId transfer, TransferListener listener) {
        this.transfer = transfer.toString();
        this.listener = listener;
    }

    /** What to give a reader or a writer. */
    FrameTrace trace() {
        return listener.wantsFrames() ? this::tell : FrameTrace.OFF;
    }

    private void tell(FrameTrace.Direction direction, Frame frame) {
        Direction way = switch (direction) {
            case SENT -> Direction.OUTGOING;
            case RECEIVED -> Direction.INCOMING;
        };
        listener.on(new TransferEvent.Frame(Optional.of(transfer), way, frame.describe()));
    }
}
