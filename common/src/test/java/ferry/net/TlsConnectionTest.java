package ferry.net;

import static ferry.net.TlsPeers.get;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract of connections over TLS; ours is the server's end, and theirs the client's. They mostly wait. */
class TlsConnectionTest {
    abstract static class Contract extends ConnectionContract {
        private final TlsProvider client;
        private final TlsProvider server;

        Contract(TlsProvider client, TlsProvider server) {
            this.client = client;
            this.server = server;
        }

        @Override
        Ends connect() throws Exception {
            TlsPeers.Handshakes handshakes = TlsPeers.agree(client, server);
            return new Ends(get(handshakes.server()), get(handshakes.client()), handshakes.clientSocket());
        }
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class ConscryptWithConscrypt extends Contract {
        ConscryptWithConscrypt() {
            super(TlsProvider.CONSCRYPT, TlsProvider.CONSCRYPT);
        }
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class ConscryptWithJdk extends Contract {
        ConscryptWithJdk() {
            super(TlsProvider.CONSCRYPT, TlsProvider.JDK);
        }
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class JdkWithConscrypt extends Contract {
        JdkWithConscrypt() {
            super(TlsProvider.JDK, TlsProvider.CONSCRYPT);
        }
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    class JdkWithJdk extends Contract {
        JdkWithJdk() {
            super(TlsProvider.JDK, TlsProvider.JDK);
        }
    }
}
