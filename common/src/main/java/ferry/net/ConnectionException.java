package ferry.net;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;

/** A connection that failed under its owner: the network's or the peer's doing, never the disk's. */
public abstract sealed class ConnectionException extends IOException
        permits ConnectionLostException, ConnectionTimeoutException, TlsException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String peer;
    private final String why;

    ConnectionException(ErrorCode code, String peer, String why, Throwable cause) {
        super(peer + ": " + why, cause);
        this.code = code;
        this.peer = peer;
        this.why = why;
    }

    /** What kind of failure this is. */
    public final ErrorCode code() {
        return code;
    }

    /** The same as an error for the person at the command line: {@code <peer>: <why>}. */
    public final TransferException toTransferException() {
        return new TransferException(code, peer, why, this);
    }
}
