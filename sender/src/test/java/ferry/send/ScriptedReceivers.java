package ferry.send;

import ferry.net.Connection;
import ferry.net.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A receiver over loopback that plays one script for each connection, one after the other, and then is gone. */
final class ScriptedReceivers implements AutoCloseable {
    /** What the receiver does over one connection. */
    @FunctionalInterface
    interface Script {
        void play(ScriptedFerryReceiver receiver) throws Exception;
    }

    private final ServerSocketChannel server;
    private final CompletableFuture<Void> played = new CompletableFuture<>();

    private ScriptedReceivers(ServerSocketChannel server) {
        this.server = server;
    }

    static ScriptedReceivers playing(Script... scripts) throws IOException {
        return playing(new ArrayList<>(List.of(scripts)));
    }

    static ScriptedReceivers playing(List<Script> scripts) throws IOException {
        ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ScriptedReceivers receivers = new ScriptedReceivers(server);
        Thread.ofPlatform().daemon().name("receivers").start(() -> receivers.play(List.copyOf(scripts)));
        return receivers;
    }

    private void play(List<Script> scripts) {
        try {
            for (Script script : scripts) {
                try (ScriptedFerryReceiver receiver = new ScriptedFerryReceiver(Connection.over(server.accept()))) {
                    script.play(receiver);
                }
            }
            server.close();
            played.complete(null);
        } catch (Throwable e) { // The test is told, whatever it is.
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
