package ferry.send;

import ferry.net.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A receiver on a loopback port that plays one script for each connection, and then closes it. */
final class ScriptedReceiver implements AutoCloseable {
    /** What the receiver does. */
    interface Script {
        void play(Socket sender) throws Exception;
    }

    private final ServerSocket server;
    private final CompletableFuture<Void> played = new CompletableFuture<>();

    private ScriptedReceiver(ServerSocket server) {
        this.server = server;
    }

    static ScriptedReceiver playing(Script... scripts) throws IOException {
        ScriptedReceiver receiver = new ScriptedReceiver(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(() -> receiver.play(List.of(scripts)));
        return receiver;
    }

    private void play(List<Script> scripts) {
        try {
            for (Script script : scripts) {
                try (Socket sender = server.accept()) {
                    script.play(sender);
                }
            }
            played.complete(null);
        } catch (Exception | AssertionError e) {
            played.completeExceptionally(e);
        }
    }

    Endpoint endpoint() {
        return new Endpoint.Tcp(server.getInetAddress().getHostAddress(), server.getLocalPort());
    }

    /** Waits until all scripts were played, and fails if one did. */
    void awaitEnd() throws Exception {
        try {
            played.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the script failed", e.getCause());
        }
    }

    /** Reads exactly this text, or fails. */
    static void expect(Socket sender, String text) throws IOException {
        byte[] expected = text.getBytes(StandardCharsets.UTF_8);
        String got = new String(sender.getInputStream().readNBytes(expected.length), StandardCharsets.UTF_8);
        if (!got.equals(text)) {
            throw new AssertionError("expected '%s', got '%s'".formatted(text, got));
        }
    }

    static void say(Socket sender, String text) throws IOException {
        sender.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads up to a reset, or fails if the connection ends properly. */
    static void expectReset(Socket sender) throws IOException {
        InputStream in = sender.getInputStream();
        try {
            while (in.read(new byte[8192]) >= 0) {
                // What was on its way.
            }
        } catch (SocketException e) {
            return;
        }
        throw new AssertionError("expected a reset, got a proper end");
    }

    /** Closes with a reset. */
    static void reset(Socket sender) throws IOException {
        sender.setSoLinger(true, 0);
        sender.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
