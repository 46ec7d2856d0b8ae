package ferry.net;

import ferry.error.ErrorCode;
import java.io.IOException;
import java.time.Duration;

/** The peer let a limit of the connection pass. The connection is closed. */
public final class ConnectionTimeoutException extends ConnectionException {
    private static final long serialVersionUID = 1L;

    private final String state;

    ConnectionTimeoutException(String peer, Expiry expiry, IOException cause) {
        super(ErrorCode.TIMEOUT, peer, expiry.why(), cause);
        this.state = expiry.limit().state();
    }

    /** What was waited for, as the limit's setter said. */
    public String state() {
        return state;
    }

    /** A limit set by the connection's owner: how long, and for what. */
    record Limit(Duration length, String state) {}

    /** A limit that was passed, and what the connection was doing then. */
    record Expiry(Kind kind, Limit limit) {
        enum Kind {
            SILENT_READ,
            STUCK_WRITE,
            DEADLINE
        }

        String why() {
            String waited = seconds(limit.length());
            return switch (kind) {
                case SILENT_READ -> "waited " + waited + " for " + limit.state();
                case STUCK_WRITE -> "took no bytes for " + waited + " (waiting for " + limit.state() + ")";
                case DEADLINE -> "waited " + waited + " in all for " + limit.state();
            };
        }

        private static String seconds(Duration length) {
            return length.toMillis() % 1000 == 0 ? length.toSeconds() + " s" : length.toMillis() + " ms";
        }
    }
}
