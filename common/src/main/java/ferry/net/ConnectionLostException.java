package ferry.net;

import ferry.error.ErrorCode;
import java.io.IOException;

/** The connection broke: the peer reset it or went away while we wrote, or the network between failed. Never an end of stream. */
public final class ConnectionLostException extends ConnectionException {
    private static final long serialVersionUID = 1L;

    ConnectionLostException(String peer, IOException cause) {
        super(ErrorCode.CONNECTION_LOST, peer, why(cause), cause);
    }

    private static String why(IOException cause) {
        String why = Sockets.why(cause);
        return switch (why) {
            case "connection reset", "connection reset by peer" -> "the peer reset the connection";
            case "broken pipe" -> "the peer closed the connection";
            default -> why;
        };
    }
}
