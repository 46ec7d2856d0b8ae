package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Connection;

/** Opens a connection to where the first stream of a transfer leads. For any thread, which blocks. */
@FunctionalInterface
interface StreamConnector {
    /** Opens none. */
    StreamConnector NONE = first -> {
        throw new TransferException(ErrorCode.CONNECT_FAILED, first.peer(), "no further streams are wanted");
    };

    /**
     * Connects to the same address, protected in the same way, and demands the same key.
     *
     * @throws TransferException if that fails, or another receiver answers
     */
    Connection connect(Connection first) throws TransferException, InterruptedException;
}
