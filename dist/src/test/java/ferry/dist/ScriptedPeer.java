package ferry.dist;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
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

/**
 * A server on the loopback address that does the same to whoever connects, and keeps what it hears. Closing it closes its
 * connections.
 */
final class ScriptedPeer implements AutoCloseable {
    private static final int BUFFER = 8192;

    /** What it does to a connection, on a thread of its own. */
    private interface Script {
        void play(InputStream in, Socket socket) throws IOException;
    }

    /** How a relay passes on what it hears. */
    private interface Passing {
        void pass(InputStream in, OutputStream out) throws IOException;
    }

    private final ServerSocket server;
    private final Set<Socket> sockets = Collections.synchronizedSet(new HashSet<>());
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

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
        return saying("");
    }

    /** Says this, and takes all. */
    static ScriptedPeer saying(String text) {
        return new ScriptedPeer((in, socket) -> {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            in.transferTo(OutputStream.nullOutputStream());
        });
    }

    /** Hears something first, then says this, and takes all. */
    static ScriptedPeer answering(String text) {
        return new ScriptedPeer((in, socket) -> {
            in.read(new byte[BUFFER]);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            in.transferTo(OutputStream.nullOutputStream());
        });
    }

    /** Hears something, and closes. */
    static ScriptedPeer closing() {
        return new ScriptedPeer((in, _) -> in.read(new byte[BUFFER]));
    }

    /** Passes all on to a port of the loopback address, and back. */
    static ScriptedPeer relaying(int port) {
        return relaying(port, (in, out) -> in.transferTo(out));
    }

    /** As a relay, but for one bit of the byte at this offset of what it passes on. */
    static ScriptedPeer corrupting(int port, long offset) {
        return relaying(port, (in, out) -> {
            pass(in, out, offset);
            out.write(in.read() ^ 0x10);
            in.transferTo(out);
        });
    }

    /** As a relay, but after so many bytes it ends what it passes on as if that were all, and takes the rest itself. */
    static ScriptedPeer cutting(int port, long length) {
        return relaying(port, (in, out) -> pass(in, out, length));
    }

    private static ScriptedPeer relaying(int port, Passing passing) {
        return new ScriptedPeer((in, socket) -> {
            try (Socket onwards = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread back = Thread.ofVirtual().start(() -> passBack(onwards, socket));
                passing.pass(in, onwards.getOutputStream());
                onwards.shutdownOutput();
                in.transferTo(OutputStream.nullOutputStream());
                back.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** All that it has heard so far, from whomever, a character for each byte. */
    String heard() {
        return heard.toString(StandardCharsets.ISO_8859_1);
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

    private void play(Script script, Socket socket) {
        try (socket) {
            script.play(new HearingStream(socket.getInputStream()), socket);
        } catch (IOException e) {
            // The other side has left, which is its right.
        }
    }

    private static void pass(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (long left = length; left > 0; ) {
            int count = in.read(buffer, 0, (int) Math.min(left, BUFFER));
            if (count < 0) {
                return;
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    /** However one side ends, the other one hears of it. */
    private static void passBack(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // A reset is an end too.
        }
        try {
            to.shutdownOutput();
        } catch (IOException e) {
            // The other side has left already.
        }
    }

    /** Notes what is read. */
    private final class HearingStream extends FilterInputStream {
        HearingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] single = new byte[1];
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (count > 0) {
                heard.write(bytes, offset, count);
            }
            return count;
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
