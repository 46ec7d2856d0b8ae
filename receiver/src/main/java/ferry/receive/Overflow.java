package ferry.receive;

import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.Connection;
import ferry.net.ConnectionHandler;
import ferry.net.ProtocolSelector;
import ferry.net.Refusal;
import ferry.net.Tls;
import ferry.wire.ClassicAnswer;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Turns away connections for which there is no place, in the words of their protocol. Thread-safe. */
final class Overflow implements ConnectionHandler {
    private static final Duration FIRST_BYTE = Duration.ofSeconds(2);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final String BUSY = "it serves as many connections as it can, try again later";

    private final TransferListener listener;
    private final AtomicBoolean told = new AtomicBoolean();

    Overflow(TransferListener listener) {
        this.listener = listener;
    }

    @Override
    public void handle(Connection connection) throws IOException {
        if (told.compareAndSet(false, true)) {
            listener.on(new TransferEvent.Warning(
                    "as many connections are served as can be; whoever comes now is refused as busy",
                    List.of("receive --max-connections N; many connections also need file handles: ulimit -n N")));
        }
        switch (ProtocolSelector.select(connection, FIRST_BYTE)) {
            case FERRY -> {
                new FrameWriter(connection, FrameWriter.SMALL_BATCH, FrameTrace.OFF)
                        .abort(new Reason(ErrorCode.BUSY, BUSY), LAST_WORDS);
                Refusal.closeAfterReason(connection);
            }
            case CLASSIC -> Refusal.refuse(connection, ClassicAnswer.refusal("receiver: " + BUSY));
            case TLS -> Tls.refuseAsBusy(connection);
            case NOBODY -> {}
        }
    }
}
