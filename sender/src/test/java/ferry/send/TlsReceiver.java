package ferry.send;

import ferry.net.Connection;
import ferry.net.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A receiver on a loopback port that speaks TLS with {@link Identities#RECEIVER}, and plays one script for each connection. */
final class TlsReceiver implements AutoCloseable {
    /** Breaks the handshake. */
    static final Script RESET = receiver -> {
        throw new AssertionError("never played");
    };

    private final ServerSocketChannel server;
    private final CompletableFuture<Void> played = new CompletableFuture<>();

    /** What the receiver does within TLS. */
    interface Script {
        void play(ScriptedFerryReceiver receiver) throws Exception;
    }

    private TlsReceiver(ServerSocketChannel server) {
        this.server = server;
    }

    static TlsReceiver playing(Script... scripts) throws IOException {
        TlsReceiver receiver = new TlsReceiver(
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        Thread.ofVirtual().start(() -> receiver.play(List.of(scripts)));
        return receiver;
    }

    private void play(List<Script> scripts) {
        try {
            for (Script script : scripts) {
                Connection raw = Connection.over(server.accept());
                if (script.equals(RESET)) {
                    raw.abort();
                    continue;
                }
                try (Connection secured = Transport.TLS.receiver(raw)) {
                    script.play(new ScriptedFerryReceiver(secured));
                }
            }
            played.complete(null);
        } catch (Exception | AssertionError e) {
            played.completeExceptionally(e);
        }
    }

    Endpoint endpoint() throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
        return new Endpoint.Tcp(address.getAddress().getHostAddress(), address.getPort());
    }

    /** Waits until all scripts were played, and fails if one did. */
    void awaitEnd() throws Exception {
        try {
            played.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the script failed", e.getCause());
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
