package ferry.net;

import java.io.IOException;
import java.time.Duration;

/**
 * Finds out what a new connection speaks by looking at its first byte without consuming it (docs/PROTOCOL.md). Stateless; called by
 * the connection's reading thread.
 */
public final class ProtocolSelector {

    private static final int TLS_HANDSHAKE = 0x16;
    private static final int FERRY_PREFACE = 0x00;

    private ProtocolSelector() {}

    /** What the peer speaks. */
    public enum Choice {
        /** A TLS ClientHello; the Ferry protocol follows inside. */
        TLS,
        /** The Ferry protocol without encryption. */
        FERRY,
        /** The classic protocol: these bytes are a file name. */
        CLASSIC,
        /** Nobody: the peer left, or stayed silent, without sending a byte, as port scanners do. There is nothing to read. */
        NOBODY
    }

    /**
     * Waits for the first byte, for 10 s at most, and says what it means. Replaces the connection's deadline, and clears it.
     *
     * @throws IOException if the connection is closed on our side
     */
    public static Choice select(Connection connection) throws IOException {
        return select(connection, ferry.wire.Limits.FIRST_BYTE);
    }

    /** The same with another limit, for a connection that is to be refused anyway. */
    public static Choice select(Connection connection, Duration limit) throws IOException {
        connection.deadline(limit, "the first byte");
        try {
            return meaning(connection.peek());
        } catch (ConnectionException e) {
            return Choice.NOBODY;
        } finally {
            connection.clearDeadline();
        }
    }

    private static Choice meaning(int firstByte) {
        return switch (firstByte) {
            case -1 -> Choice.NOBODY;
            case TLS_HANDSHAKE -> Choice.TLS;
            case FERRY_PREFACE -> Choice.FERRY;
            default -> Choice.CLASSIC;
        };
    }
}
