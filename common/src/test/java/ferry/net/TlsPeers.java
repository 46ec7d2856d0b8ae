package ferry.net;

import static ferry.net.Peers.LONG;

import ferry.error.TransferException;
import ferry.net.Peers.Pair;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Two ends of TLS in one process. */
final class TlsPeers {
    private static final TlsTrust ANY = new TlsTrust.AnyKey();

    private TlsPeers() {}

    /** Each provider as the client against each as the server. */
    static Stream<Arguments> providers() {
        return Stream.of(TlsProvider.CONSCRYPT, TlsProvider.JDK)
                .flatMap(client ->
                        Stream.of(TlsProvider.CONSCRYPT, TlsProvider.JDK).map(server -> Arguments.of(client, server)));
    }

    static Tls tls(TlsProvider provider, TestKey key) {
        return tls(provider, key, ANY);
    }

    static Tls tls(TlsProvider provider, TestKey key, TlsTrust trust) {
        try {
            return Tls.of(provider, key.key(), key.chain(), trust);
        } catch (TransferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How each end's handshake went. */
    record Handshakes(Future<Connection> client, Future<Connection> server, SocketChannel clientSocket) {}

    /** Lets these two meet, and waits until both have done. */
    static Handshakes meet(Tls client, Tls server, Endpoint target) throws IOException {
        Pair pair = Pair.open();
        Connection raw = Connection.over(pair.theirs());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return new Handshakes(
                    threads.submit(() -> client.connect(raw, target, LONG)),
                    threads.submit(() -> server.accept(pair.ours(), LONG)),
                    pair.theirs());
        }
    }

    /** The same, and both must succeed. */
    static Handshakes agree(TlsProvider client, TlsProvider server) throws IOException {
        return meet(tls(client, TestKey.OURS), tls(server, TestKey.THEIRS), new Endpoint.Tcp("127.0.0.1", 1));
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    static <T> Future<T> inBackground(Callable<T> task) {
        java.util.concurrent.FutureTask<T> future = new java.util.concurrent.FutureTask<>(task);
        Thread.ofVirtual().start(future);
        return future;
    }
}
