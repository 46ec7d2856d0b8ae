package ferry.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import ferry.error.TransferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the tests of this package do with their peers. */
final class Peers {
    /** Longer than anything takes that works. */
    static final Duration LONG = Duration.ofSeconds(20);

    private Peers() {}

    /** Two ends of one TCP connection: ours, and the peer's raw channel. */
    record Pair(Connection ours, SocketChannel theirs) implements AutoCloseable {
        static Pair open() throws IOException {
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel theirs = SocketChannel.open(server.getLocalAddress());
                return new Pair(Connection.over(server.accept()), theirs);
            }
        }

        @Override
        public void close() throws IOException {
            ours.close();
            theirs.close();
        }
    }

    static Connection connect(Endpoint endpoint) throws TransferException, InterruptedException {
        return connector().connect(endpoint, Backoff.none());
    }

    static Connector connector() {
        return new Connector(new ConnectOptions(LONG, AddressFamily.ANY), ConnectListener.NONE);
    }

    static List<Endpoint> endpoints(String... texts) throws TransferException {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String text : texts) {
            endpoints.add(Endpoint.parseListening(text));
        }
        return endpoints;
    }

    /** A TCP port of the loopback address on which nobody listens. */
    static Endpoint.Tcp freeEndpoint() throws TransferException {
        try (ListeningSocket socket = ListeningSocket.open(Endpoint.parseListening("127.0.0.1:0"), 1)) {
            return (Endpoint.Tcp) socket.endpoint();
        }
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    /** So many bytes, or fewer if the stream ends. */
    static String readText(Connection connection, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        int count = 0;
        while (buffer.hasRemaining() && count >= 0) {
            count = connection.read(buffer);
        }
        return new String(buffer.array(), 0, buffer.position(), US_ASCII);
    }

    /** All bytes until the end of the stream. */
    static String readAll(Connection connection) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (connection.read(buffer.clear()) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
        }
        return all.toString(US_ASCII);
    }
}
