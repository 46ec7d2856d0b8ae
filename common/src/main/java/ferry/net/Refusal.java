package ferry.net;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Closes a connection whose peer is still sending so that it gets to read why. Closing with unread bytes makes TCP send a reset, and
 * a reset may overtake the reason; so the reason is written, our half closed, and what the peer still sends is drained first.
 * Stateless; called by the only thread that still uses the connection.
 */
public final class Refusal {

    private static final int PIECE_BYTES = 16 * 1024;

    private Refusal() {}

    /** Writes the reason and closes as {@link #closeAfterReason}. The connection is closed afterwards, whatever happened. */
    public static void refuse(Connection connection, ByteBuffer reason) {
        connection.deadline(ferry.wire.Limits.DRAIN, "the refused peer to leave");
        try {
            connection.write(reason);
            drain(connection);
        } catch (IOException e) {
            // The peer left, or its time is over: it has heard as much as it wanted to hear.
        } finally {
            Sockets.closeQuietly(connection);
        }
    }

    /**
     * For a reason that was already written (and flushed): half-closes, drains for at most 2 s and 16 MiB, and closes. The connection
     * is closed afterwards, whatever happened.
     */
    public static void closeAfterReason(Connection connection) {
        refuse(connection, ByteBuffer.allocate(0));
    }

    private static void drain(Connection connection) throws IOException {
        connection.shutdownOutput();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        long drained = 0;
        while (drained < ferry.wire.Limits.DRAIN_BYTES) {
            piece.clear();
            int count = connection.read(piece);
            if (count < 0) {
                return;
            }
            drained += count;
        }
    }
}
