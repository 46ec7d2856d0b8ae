package ferry.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** A server on the loopback address that does the same to whoever connects. Closing it closes its connections. */
final class ScriptedPeer implements AutoCloseable {
    /** What it does to a connection, on a thread of its own. */
    private interface Script {
        void play(Socket socket) throws IOException;
    }

    private final ServerSocket server;
    private final Set<Socket> sockets = Collections.synchronizedSet(new HashSet<>());

    private ScriptedPeer(Script script) {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(() -> accept(script));
    }

    /** Takes all, and says nothing. */
    static ScriptedPeer silent() {
        return new ScriptedPeer(socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
    }

    /** Says this, and takes all. */
    static ScriptedPeer saying(String text) {
        return new ScriptedPeer(socket -> {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        });
    }

    /** Passes all on to a port of the loopback address, but for one bit of the byte at this offset. */
    static ScriptedPeer corrupting(int port, long offset) {
        return new ScriptedPeer(socket -> {
            try (Socket onwards = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread.ofVirtual().start(() -> passBack(onwards, socket));
                passOn(socket.getInputStream(), onwards.getOutputStream(), offset);
                onwards.shutdownOutput();
                onwards.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
        });
    }

    String endpoint() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    private void accept(Script script) {
        while (true) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> play(script, socket));
            } catch (IOException e) {
                return; // Closed.
            }
        }
    }

    private static void play(Script script, Socket socket) {
        try (socket) {
            script.play(socket);
        } catch (IOException e) {
            // The other side has left, which is its right.
        }
    }

    private static void passOn(InputStream in, OutputStream out, long corrupt) throws IOException {
        byte[] buffer = new byte[8192];
        long position = 0;
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            if (corrupt >= position && corrupt < position + length) {
                buffer[(int) (corrupt - position)] ^= 0x10;
            }
            out.write(buffer, 0, length);
            position += length;
        }
    }

    private static void passBack(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // Either side has left.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
