package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import java.io.IOException;
import java.time.Duration;

/**
 * Reads a further stream of a transfer from JOINED to its end; for the connection's own thread. It answers nothing but that it is
 * alive. What breaks the protocol ends the transfer, what breaks the stream ends the stream alone.
 */
final class StreamReceiver {
    private final Connection connection;
    private final FrameReader reader;
    private final Outbox outbox;

    StreamReceiver(Connection connection, FrameReader reader, Outbox outbox) {
        this.connection = connection;
        this.reader = reader;
        this.outbox = outbox;
    }

    /**
     * Joins, and takes what comes.
     *
     * @param silence how long the sender may be silent
     * @throws TransferException JOIN_REFUSED, or what the sender has done wrong
     */
    void run(Handshake.Joining joining, Duration silence) throws IOException, TransferException, InterruptedException {
        LiveTransfer live = joining.transfer();
        StreamContent content = live.enter(joining.stream(), connection);
        try {
            outbox.keepAlive(ReceiveSession.keepAlive(live.silenceLimit()));
            outbox.add(new Frame.Joined());
            connection.silenceLimit(silence, "the sender's next DATA");
            reader.requireProgress(silence);
            if (live.takesZstd()) {
                reader.takeZstd();
            }
            boolean more = true;
            while (more) {
                more = handle(reader.next(), content);
            }
        } catch (TransferException e) {
            if (!e.code().retryable()) {
                live.transfer().stop(e);
            }
            throw e;
        } finally {
            live.leave(joining.stream());
        }
    }

    private boolean handle(Frame frame, StreamContent content)
            throws IOException, TransferException, InterruptedException {
        return switch (frame) {
            case Frame.Data data -> {
                content.take(data, reader);
                yield true;
            }
            case Frame.KeepAlive() -> true;
            case Frame.Abort _ -> false;
            case Frame other ->
                throw new TransferException(
                        ErrorCode.PROTOCOL_VIOLATION, "sender", "%s: on a further stream".formatted(other.describe()));
        };
    }
}
