package ferry.receive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** The sender's end of a connection, on which a test does what no proper sender would. */
final class ScriptedSender implements AutoCloseable {
    private static final long PAUSE_NANOS = 10_000_000;

    private final Socket socket;

    private ScriptedSender(Socket socket) {
        this.socket = socket;
    }

    static ScriptedSender to(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        return new ScriptedSender(socket);
    }

    ScriptedSender send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    ScriptedSender send(byte... bytes) throws IOException {
        out().write(bytes);
        return this;
    }

    /** Says that no more will come. */
    ScriptedSender end() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Reads exactly this text, or fails. */
    ScriptedSender expect(String text) throws IOException {
        byte[] expected = text.getBytes(StandardCharsets.UTF_8);
        String got = new String(in().readNBytes(expected.length), StandardCharsets.UTF_8);
        if (!got.equals(text)) {
            throw new AssertionError("expected '%s', got '%s'".formatted(text, got));
        }
        return this;
    }

    /** Everything up to the end of the connection. */
    String readAll() throws IOException {
        return new String(readAllBytes(), StandardCharsets.UTF_8);
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    private byte[] readAllBytes() throws IOException {
        return in().readAllBytes();
    }

    /** Reads up to the end of the connection, proper or not. */
    void expectEnd() throws IOException {
        try {
            readAllBytes();
        } catch (SocketException e) {
            // That is an end too.
        }
    }

    /** Sends content byte by byte until the receiver has something to say, and returns all of that. */
    String sendUntilAnswered() throws IOException {
        while (in().available() == 0) {
            send("x");
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return end().readAll();
    }

    /** Reads up to a reset, or fails if the connection ends properly. */
    void expectReset() throws IOException {
        try {
            readAllBytes();
        } catch (SocketException e) {
            return;
        }
        throw new AssertionError("expected a reset, got a proper end");
    }

    /** Closes with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
