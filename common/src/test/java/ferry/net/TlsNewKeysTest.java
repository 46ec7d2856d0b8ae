package ferry.net;

import static ferry.net.TlsPeers.get;
import static ferry.net.TlsPeers.inBackground;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** New keys in the middle of a transfer: here after 8 MiB, while both directions are full. */
@Timeout(60)
class TlsNewKeysTest {
    private static final int BYTES = 16 << 20;

    /** So that an end whose writer is stuck to the last meets no more than it may owe. */
    private static final int KEY_BYTES = 8 << 20;

    private static final int SOCKET_BYTES = 64 << 10;

    private final BufferPool buffers = new BufferPool(8 << 20, TlsLink.RECORD_BYTES);
    private final AtomicInteger asked = new AtomicInteger();

    @ParameterizedTest
    @MethodSource("ferry.net.TlsPeers#providers")
    void stopNobodyThoughBothDirectionsAreFull(TlsProvider client, TlsProvider server) throws Exception {
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Connection raw = small(SocketChannel.open(listening.getLocalAddress()));
            Connection accepted = small(listening.accept());
            Future<Connection> connecting = inBackground(() -> {
                TlsEngines engines = engines(client);
                return handshake(raw, engines, engines.client()).run(TlsHandshake.Side.CLIENT, Peers.LONG);
            });
            TlsEngines engines = engines(server);
            try (Connection one =
                            handshake(accepted, engines, engines.server()).run(TlsHandshake.Side.SERVER, Peers.LONG);
                    Connection other = get(connecting)) {
                exchange(one, other);
            }
        }
        // Conscrypt cannot ask. The JDK's end does as it writes, at least in the middle, and in the end for both
        // directions.
        int ends = (client == TlsProvider.JDK ? 1 : 0) + (server == TlsProvider.JDK ? 1 : 0);
        assertThat(asked.get()).isBetween(ends, ends * 2 * BYTES / KEY_BYTES);
    }

    private static void exchange(Connection one, Connection other) throws Exception {
        Future<Integer> oneWrites = inBackground(() -> one.write(content()));
        Future<Integer> otherWrites = inBackground(() -> other.write(content()));
        await().pollDelay(Duration.ofMillis(300)).until(() -> !oneWrites.isDone() && !otherWrites.isDone());
        Future<ByteBuffer> oneReads = inBackground(() -> read(one));
        Future<ByteBuffer> otherReads = inBackground(() -> read(other));
        assertThat(get(oneReads)).isEqualTo(content());
        assertThat(get(otherReads)).isEqualTo(content());
    }

    private static Connection small(SocketChannel socket) throws IOException {
        socket.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BYTES);
        socket.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BYTES);
        return Connection.over(socket);
    }

    private static ByteBuffer content() {
        ByteBuffer content = ByteBuffer.allocateDirect(BYTES);
        for (int i = 0; i < BYTES; i += Integer.BYTES) {
            content.putInt(i, i * 31);
        }
        return content;
    }

    private static ByteBuffer read(Connection connection) throws IOException {
        ByteBuffer read = ByteBuffer.allocateDirect(BYTES);
        while (read.hasRemaining() && connection.read(read) >= 0) {}
        return read.flip();
    }

    private TlsHandshake handshake(Connection raw, TlsEngines engines, SSLEngine engine) {
        return new TlsHandshake(new TlsLink(raw, engines, engine, buffers, KEY_BYTES), engines);
    }

    private TlsEngines engines(TlsProvider provider) {
        TlsKeyManager keys = new TlsKeyManager(TestKey.OURS.key(), TestKey.OURS.chain());
        AnyKeyTrustManager trust = new AnyKeyTrustManager();
        if (provider == TlsProvider.CONSCRYPT) {
            return new ConscryptTlsEngines(keys, trust);
        }
        return new JdkTlsEngines(keys, trust) {
            @Override
            void askForNewKeys(SSLEngine engine) throws SSLException {
                asked.incrementAndGet();
                super.askForNewKeys(engine);
            }
        };
    }
}
