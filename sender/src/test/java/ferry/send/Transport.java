package ferry.send;

import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.Endpoint;
import java.time.Duration;

/** What carries a session in a test. */
enum Transport {
    PLAIN {
        @Override
        Connection sender(Connection raw) {
            return raw;
        }

        @Override
        Connection receiver(Connection raw) {
            return raw;
        }
    },
    TLS {
        @Override
        Connection sender(Connection raw) throws TransferException {
            return Identities.tls(Identities.SENDER).connect(raw, new Endpoint.Tcp("localhost", 1), HANDSHAKE);
        }

        @Override
        Connection receiver(Connection raw) throws TransferException {
            return Identities.tls(Identities.RECEIVER).accept(raw, HANDSHAKE);
        }
    };

    static final Duration HANDSHAKE = Duration.ofSeconds(10);

    /** The sender's end; waits for the receiver's. */
    abstract Connection sender(Connection raw) throws TransferException;

    /** The receiver's end; waits for the sender's. */
    abstract Connection receiver(Connection raw) throws TransferException;
}
