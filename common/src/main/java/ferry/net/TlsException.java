package ferry.net;

import ferry.error.ErrorCode;

/**
 * TLS itself failed: a record was changed on its way, the peer does not keep to RFC 8446, or it ended the connection with an alert,
 * as a peer does that does not take our certificate. The connection is of no more use.
 */
public final class TlsException extends ConnectionException {
    private static final long serialVersionUID = 1L;

    TlsException(ErrorCode code, String peer, String why, Throwable cause) {
        super(code, peer, why, cause);
    }
}
