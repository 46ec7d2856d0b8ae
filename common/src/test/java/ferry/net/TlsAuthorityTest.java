package ferry.net;

import static ferry.net.Peers.bytes;
import static ferry.net.Peers.readAll;
import static ferry.net.TlsPeers.get;
import static ferry.net.TlsPeers.inBackground;
import static ferry.net.TlsPeers.tls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.TlsPeers.Handshakes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates that an authority vouches for, between each pair of providers. */
@Timeout(60)
class TlsAuthorityTest {
    private static final String NAMES = "san=dns:localhost,dns:receiver.example,ip:127.0.0.1,ip:::1";

    @TempDir
    static Path folder;

    private static TlsTrust.Authority trust = new TlsTrust.Authority(Path.of("none"));
    private static TestKey sender = TestKey.OURS;
    private static TestKey receiver = TestKey.OURS;
    private static TestKey expired = TestKey.OURS;
    private static TestKey early = TestKey.OURS;
    private static TestKey foreign = TestKey.OURS;
    private static TestKey serverOnly = TestKey.OURS;

    @BeforeAll
    static void certify() {
        TestAuthority authority = new TestAuthority(folder, "ours");
        trust = authority.trust();
        sender = authority.certify("sender", "-validity", "5");
        receiver = authority.certify("receiver", "-validity", "5", "-ext", NAMES);
        expired = authority.certify("expired", "-startdate", "-10d", "-validity", "5", "-ext", NAMES);
        early = authority.certify("early", "-startdate", "+2d", "-validity", "5", "-ext", NAMES);
        serverOnly = authority.certify("server", "-validity", "5", "-ext", NAMES, "-ext", "eku=serverAuth");
        foreign = new TestAuthority(folder, "theirs").certify("foreign", "-validity", "5", "-ext", NAMES);
    }

    @ParameterizedTest
    @MethodSource("ferry.net.TlsPeers#providers")
    void letsInWhomTheAuthorityVouchesFor(TlsProvider client, TlsProvider server) throws Exception {
        for (Endpoint target : new Endpoint[] {
            to("localhost"),
            to("receiver.example"),
            to("127.0.0.1"),
            to("::1"),
            to("::1%lo"),
            new Endpoint.Unix(Path.of("/run/ferry.sock"))
        }) {
            Handshakes handshakes = meet(client, sender, server, receiver, target);
            try (Connection ours = get(handshakes.client());
                    Connection theirs = get(handshakes.server())) {
                ours.write(bytes("hello"));
                ours.shutdownOutput();
                assertThat(readAll(theirs)).isEqualTo("hello");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ferry.net.TlsPeers#providers")
    void refusesAReceiverOfAnotherName(TlsProvider client, TlsProvider server) throws Exception {
        for (Endpoint target : new Endpoint[] {to("other.example"), to("127.0.0.2"), to("::2")}) {
            TransferException e =
                    failure(meet(client, sender, server, receiver, target).client());
            assertThat(e.code()).isEqualTo(ErrorCode.CERTIFICATE_REFUSED);
            assertThat(e.why())
                    .startsWith("its certificate is refused: no subject alternative")
                    .contains("found");
        }
    }

    @ParameterizedTest
    @MethodSource("ferry.net.TlsPeers#providers")
    void refusesAReceiverWhoseCertificateIsOutOfDateOrForeign(TlsProvider client, TlsProvider server) throws Exception {
        assertThat(whyRefused(client, server, expired)).isEqualTo("its certificate is refused: it has expired");
        assertThat(whyRefused(client, server, early))
                .isEqualTo("its certificate is refused: it is not valid yet; do both clocks tell the same time?");
        assertThat(whyRefused(client, server, foreign))
                .isEqualTo("its certificate is refused: no authority of --tls-ca vouches for it");
    }

    private static String whyRefused(TlsProvider client, TlsProvider server, TestKey receiver) throws Exception {
        TransferException e =
                failure(meet(client, sender, server, receiver, to("localhost")).client());
        assertThat(e.code()).isEqualTo(ErrorCode.CERTIFICATE_REFUSED);
        return e.why();
    }

    /** In TLS 1.3 the sender has done before the receiver judges, so it is told by the first thing that it reads. */
    @ParameterizedTest
    @MethodSource("ferry.net.TlsPeers#providers")
    void refusesASenderAndTellsIt(TlsProvider client, TlsProvider server) throws Exception {
        for (TestKey bad : new TestKey[] {expired, foreign, serverOnly}) {
            Tls receiving = tls(server, receiver, trust);
            Peers.Pair pair = Peers.Pair.open();
            Future<Connection> accepting = inBackground(() -> receiving.accept(pair.ours(), Peers.LONG));
            try (Connection ours =
                    tls(client, bad, trust).connect(Connection.over(pair.theirs()), to("localhost"), Peers.LONG)) {
                TlsException e = catchThrowableOfType(TlsException.class, () -> readAll(ours));
                assertThat(e.code()).isEqualTo(ErrorCode.CERTIFICATE_REFUSED);
                assertThat(e.getMessage()).contains("it does not take our certificate (TLS alert ");
            }
            TransferException e = failure(accepting);
            assertThat(e.code()).isEqualTo(ErrorCode.CERTIFICATE_REFUSED);
            assertThat(e.why()).startsWith("its certificate is refused: ");
        }
    }

    @Test
    void aFileWithoutCertificatesIsAnError() throws IOException {
        Path text = Files.writeString(folder.resolve("text.pem"), "no certificate\n");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        for (Path file : new Path[] {text, empty, folder.resolve("missing.pem")}) {
            TransferException e = catchThrowableOfType(
                    TransferException.class,
                    () -> Tls.of(TlsProvider.JDK, sender.key(), sender.chain(), new TlsTrust.Authority(file)));
            assertThat(e.code()).isEqualTo(ErrorCode.TRUST_FILE);
            assertThat(e.what()).isEqualTo(file.toString());
        }
    }

    private static Handshakes meet(
            TlsProvider client, TestKey clientKey, TlsProvider server, TestKey serverKey, Endpoint target)
            throws IOException {
        return TlsPeers.meet(tls(client, clientKey, trust), tls(server, serverKey, trust), target);
    }

    private static Endpoint to(String host) {
        return new Endpoint.Tcp(host, 7363);
    }

    private static TransferException failure(Future<Connection> handshake) throws Exception {
        ExecutionException e = catchThrowableOfType(
                ExecutionException.class, () -> get(handshake).close());
        assertThat(e).hasCauseInstanceOf(TransferException.class);
        return (TransferException) java.util.Objects.requireNonNull(e.getCause());
    }
}
