package ferry.net;

import static ferry.net.Peers.bytes;
import static ferry.net.TlsPeers.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.net.Peers.Pair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A peer that keeps us busy with records that bring nothing. */
@Timeout(60)
class TlsFloodTest {
    private static final int MANY = 1000;

    private final ByteBuffer record = ByteBuffer.allocateDirect(TlsLink.RECORD_BYTES);
    private final Pair pair;
    private final Connection raw;

    TlsFloodTest() throws IOException {
        pair = Pair.open();
        raw = Connection.over(pair.theirs());
    }

    @AfterEach
    void close() throws IOException {
        pair.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void keyUpdatesWithoutContentEndTheConnection(TlsProvider provider) throws Exception {
        Future<Connection> victim = victim(provider);
        SSLEngine flooder = flooder();
        try (Connection ours = get(victim)) {
            flood(flooder, 0);
            assertEnds(ours);
        }
    }

    /** Each of them demands an answer, which costs memory until something is written. */
    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void keyUpdatesBetweenContentEndTheConnectionTooIfNothingIsWritten(TlsProvider provider) throws Exception {
        Future<Connection> victim = victim(provider);
        SSLEngine flooder = flooder();
        try (Connection ours = get(victim)) {
            flood(flooder, 1);
            assertEnds(ours);
        }
    }

    private static void assertEnds(Connection ours) {
        ByteBuffer into = ByteBuffer.allocateDirect(MANY);
        TlsException e = catchThrowableOfType(TlsException.class, () -> {
            while (ours.read(into) >= 0) {}
        });
        assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION);
        assertThat(into.position()).isLessThan(100);
        assertThat(ours.isOpen()).isFalse();
    }

    private void flood(SSLEngine engine, int contentBetween) throws IOException {
        try {
            for (int i = 0; i < MANY; i++) {
                // After the handshake this asks for new keys.
                engine.beginHandshake();
                send(engine, TlsLink.NONE);
                if (contentBetween > 0) {
                    send(engine, bytes("x".repeat(contentBetween)));
                }
            }
        } catch (ConnectionLostException e) {
            // The victim has had enough.
        }
    }

    private void send(SSLEngine engine, ByteBuffer content) throws IOException {
        engine.wrap(content, record.clear());
        raw.write(record.flip());
    }

    private Future<Connection> victim(TlsProvider provider) {
        Tls tls = TlsPeers.tls(provider, TestKey.OURS);
        return TlsPeers.inBackground(() -> tls.accept(pair.ours(), Peers.LONG));
    }

    private SSLEngine flooder() throws Exception {
        TlsKeyManager keys = new TlsKeyManager(TestKey.THEIRS.key(), TestKey.THEIRS.chain());
        TlsEngines engines = new JdkTlsEngines(keys, new AnyKeyTrustManager());
        SSLEngine engine = engines.client();
        BufferPool buffers = new BufferPool(1 << 20, TlsLink.RECORD_BYTES);
        TlsLink link = new TlsLink(raw, engines, engine, buffers, Long.MAX_VALUE);
        Connection connection = new TlsHandshake(link, engines).run(TlsHandshake.Side.CLIENT, Peers.LONG);
        assertThat(connection.isOpen()).isTrue();
        return engine;
    }
}
