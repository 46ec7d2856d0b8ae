package ferry.net;

import static ferry.net.Peers.LONG;
import static ferry.net.Peers.bytes;
import static ferry.net.Peers.readAll;
import static ferry.net.TlsPeers.get;
import static ferry.net.TlsPeers.inBackground;
import static ferry.net.TlsPeers.tls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Peers.Pair;
import ferry.net.TlsPeers.Handshakes;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class TlsTest {
    private static final Endpoint TARGET = new Endpoint.Tcp("127.0.0.1", 7363);

    @ParameterizedTest
    @MethodSource("ferry.net.TlsPeers#providers")
    void eachSideKnowsTheKeyOfTheOtherAndBothTheSameChannel(TlsProvider client, TlsProvider server) throws Exception {
        Handshakes first = TlsPeers.agree(client, server);
        Handshakes second = TlsPeers.agree(client, server);
        try (Connection ours = get(first.client());
                Connection theirs = get(first.server());
                Connection other = get(second.client());
                Connection otherEnd = get(second.server())) {
            Security.Tls our = (Security.Tls) ours.security();
            Security.Tls their = (Security.Tls) theirs.security();
            assertThat(our.peer()).isEqualTo(TestKey.THEIRS.fingerprint());
            assertThat(their.peer()).isEqualTo(TestKey.OURS.fingerprint());
            assertThat(our.binding()).isEqualTo(their.binding());
            assertThat(our.description()).startsWith("TLSv1.3 TLS_AES_").contains("GCM");
            Security.Tls another = (Security.Tls) other.security();
            assertThat(another.binding().exporter())
                    .isNotEqualTo(our.binding().exporter())
                    .isEqualTo(((Security.Tls) otherEnd.security()).binding().exporter());
            assertThat(another.binding().senderCertificate())
                    .isEqualTo(our.binding().senderCertificate())
                    .isNotEqualTo(our.binding().receiverCertificate());
        }
    }

    /** The liar is the JDK, which signs with any key; Conscrypt finds out by itself that its key and certificate do not fit. */
    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void whoDoesNotHoldTheKeyOfItsCertificateIsRefused(TlsProvider verifier) throws Exception {
        TestKey stolen = new TestKey(TestKey.THEIRS.key(), TestKey.OURS.chain());
        Tls liar = tls(TlsProvider.JDK, stolen);
        Tls honest = tls(verifier, TestKey.THEIRS);

        String why = "does not hold the key of its certificate";
        failure(TlsPeers.meet(liar, honest, TARGET).server(), ErrorCode.CERTIFICATE_REFUSED, why);
        failure(TlsPeers.meet(honest, liar, TARGET).client(), ErrorCode.CERTIFICATE_REFUSED, why);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void aReceiverThatTakesNoTlsSaysSo(TlsProvider provider) throws Exception {
        try (Pair pair = Pair.open()) {
            Future<Connection> client = connecting(provider, pair.theirs());
            Tls.refuseHandshake(pair.ours());
            TransferException e =
                    failure(client, ErrorCode.ACCESS_DENIED, "the receiver takes no encrypted connections");
            // Anybody on the way can say so: no reason to speak plain.
            assertThat(e.hints()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void aReceiverThatHasNoPlaceSaysSo(TlsProvider provider) throws Exception {
        try (Pair pair = Pair.open()) {
            Future<Connection> client = connecting(provider, pair.theirs());
            Refusal.refuse(pair.ours(), TlsRecord.alert(TlsRecord.USER_CANCELED));
            failure(client, ErrorCode.BUSY, "the receiver serves as many connections as it can");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void aPeerThatSpeaksNoTlsIsFoundOutByItsFirstByte(TlsProvider provider) throws Exception {
        for (String answer : new String[] {"o", "error: receiver: no\n", "HTTP/1.1 400 Bad Request\r\n\r\n"}) {
            try (Pair pair = Pair.open()) {
                Future<Connection> client = connecting(provider, pair.theirs());
                pair.ours().write(bytes(answer));
                TransferException e = failure(client, ErrorCode.NOT_FERRY, "does not speak TLS");
                assertThat(e.hints()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void aPeerThatLeavesDuringTheHandshakeIsLost(TlsProvider provider) throws Exception {
        try (Pair pair = Pair.open()) {
            Future<Connection> client = connecting(provider, pair.theirs());
            pair.ours().peek();
            pair.ours().shutdownOutput();
            failure(client, ErrorCode.CONNECTION_LOST, "the peer closed the connection during the TLS handshake");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void aPeerThatIsSilentInTheHandshakeIsGivenUp(TlsProvider provider) throws Exception {
        try (Pair pair = Pair.open()) {
            Tls tls = tls(provider, TestKey.OURS);
            TransferException e = catchThrowableOfType(
                    TransferException.class,
                    () -> tls.accept(pair.ours(), Duration.ofMillis(300)).close());
            assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT);
            assertThat(e.why()).isEqualTo("waited 300 ms in all for the TLS handshake");
            assertThat(pair.ours().isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void aStreamThatIsCutIsNotAnEndOfStream(TlsProvider provider) throws Exception {
        Handshakes handshakes = TlsPeers.agree(provider, TlsProvider.JDK);
        try (Connection theirs = get(handshakes.client());
                Connection ours = get(handshakes.server())) {
            theirs.write(bytes("half"));
            handshakes.clientSocket().shutdownOutput();
            assertThatExceptionOfType(ConnectionLostException.class)
                    .isThrownBy(() -> readAll(ours))
                    .withMessageContaining("without ending it in TLS");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CONSCRYPT", "JDK"})
    void aRecordThatWasChangedOnItsWayIsFound(TlsProvider provider) throws Exception {
        Handshakes handshakes = TlsPeers.agree(TlsProvider.JDK, provider);
        try (Connection theirs = get(handshakes.client());
                Connection ours = get(handshakes.server())) {
            theirs.write(bytes("good"));
            assertThat(ours.peek()).isEqualTo('g');
            ByteBuffer forged = ByteBuffer.allocate(5 + 32).put(new byte[] {23, 3, 3, 0, 32});
            handshakes.clientSocket().write(forged.clear());
            TlsException e = catchThrowableOfType(TlsException.class, () -> readAll(ours));
            assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FRAME);
            assertThat(e).hasMessage(ours.peer() + ": a TLS record was changed on its way");
            assertThatExceptionOfType(TlsException.class).isThrownBy(() -> ours.write(bytes("x")));
        }
    }

    @Test
    void aProviderIsNamed() {
        assertThat(tls(TlsProvider.AUTO, TestKey.OURS).description()).isEqualTo("Conscrypt");
        assertThat(tls(TlsProvider.JDK, TestKey.OURS).description()).isEqualTo("the JDK's TLS");
    }

    @Test
    void aKeyThatNotEveryTlsCanSignWithIsRefused() {
        TestKey key = TestKey.selfSigned("Ed25519");
        TransferException e = catchThrowableOfType(
                TransferException.class, () -> Tls.of(TlsProvider.JDK, key.key(), key.chain(), new TlsTrust.AnyKey()));
        assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
        assertThat(e.why()).startsWith("the key is of kind EdDSA").endsWith("expected EC or RSA");
    }

    @ParameterizedTest
    @MethodSource("ferry.net.TlsPeers#providers")
    void keysOfBothKindsAreTaken(TlsProvider client, TlsProvider server) throws Exception {
        TestKey rsa = Rsa.KEY;
        Handshakes handshakes = TlsPeers.meet(tls(client, rsa), tls(server, rsa), TARGET);
        try (Connection ours = get(handshakes.client());
                Connection theirs = get(handshakes.server())) {
            ours.write(bytes("hello"));
            ours.shutdownOutput();
            assertThat(readAll(theirs)).isEqualTo("hello");
        }
    }

    /** Made when it is first asked for. */
    private static final class Rsa {
        static final TestKey KEY = TestKey.selfSigned("RSA", "-keysize", "2048");
    }

    private static Future<Connection> connecting(TlsProvider provider, SocketChannel socket) {
        return inBackground(() -> tls(provider, TestKey.OURS).connect(Connection.over(socket), TARGET, LONG));
    }

    /** That a handshake failed, and how. */
    private static TransferException failure(Future<Connection> handshake, ErrorCode code, String why)
            throws Exception {
        try {
            get(handshake).close();
            throw new AssertionError("the handshake succeeded");
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(TransferException.class);
            TransferException failure = (TransferException) Objects.requireNonNull(e.getCause());
            assertThat(failure.why()).isEqualTo(why);
            assertThat(failure.code()).isEqualTo(code);
            return failure;
        }
    }
}
