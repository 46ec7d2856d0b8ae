package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.dist.Authority.Certified;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The TLS of both programs as openssl's client and server see it, with either of the two that Ferry can use. */
final class TlsIT {
    private static final Pattern ACCEPT = Pattern.compile("ACCEPT (127\\.0\\.0\\.1:\\d+)");

    /** What OpenSSL has beside the suites that Ferry takes. */
    private static final String[] WEAK_SUITES = {"TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"};

    private static final String[] GOOD_SUITES = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };

    private static final String[] OLD_VERSIONS = {"-tls1_2", "-tls1_1", "-tls1"};

    @RegisterExtension
    private final Bench bench = new Bench();

    private Certified own = new Certified(Path.of(""), Path.of(""));

    @BeforeEach
    void make() {
        own = Authority.selfSigned(bench.directory("own"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"conscrypt", "jdk"})
    void theReceiverTakesStrongSuitesOfTls13AndNothingElse(String provider) {
        RunningReceive receive = bench.receive("--tls-provider", provider);

        for (String suite : GOOD_SUITES) {
            assertThat(connect(receive, "-ciphersuites", suite).expect(0).output())
                    .contains("New, TLSv1.3, Cipher is " + suite, "Server public key is 256 bit");
        }
        for (String suite : WEAK_SUITES) {
            requireRefused(connect(receive, "-ciphersuites", suite), "handshake failure");
        }
        for (String version : OLD_VERSIONS) {
            requireRefused(connect(receive, version, "-cipher", "ALL:@SECLEVEL=0"), "protocol version");
        }
        assertThat(receive.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"conscrypt", "jdk"})
    void theReceiverAsksForACertificateAndGivesNoTickets(String provider) {
        RunningReceive receive = bench.receive("--tls-provider", provider);

        Result known = connect(receive, "-ign_eof");
        Result unknown = client(receive, "-ign_eof").run();

        // To a frame that is none the receiver answers with ABORT, so all that TLS has to say before has been read.
        assertThat(known.expect(0).output())
                .contains("Requested Signature Algorithms", "Cipher is TLS_", "closed")
                .doesNotContain("New Session Ticket arrived", "TLS session ticket");
        requireRefused(unknown, "(certificate required|bad certificate)");
        assertThat(receive.stop().expect(0).output()).contains("certificate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"conscrypt", "jdk"})
    void theSenderTakesNoOtherReceiverEither(String provider) {
        bench.file("secret-name", "secret-content");
        String[] old = {"-tls1_2", "-cipher", "ALL:@SECLEVEL=0"};
        String[] weak = {"-tls1_3", "-ciphersuites", String.join(":", WEAK_SUITES)};

        for (String[] options : new String[][] {old, weak}) {
            RunningProcess server = server(options);
            Result sent = sendTo(server, provider);
            assertThat(sent.expect(6).errors()).contains("TLS");
            assertThat(server.soFar().output()).doesNotContain("FERRY", "secret");
        }
        RunningProcess good = server("-tls1_3");
        sendTo(good, provider).expect(4);
        assertThat(good.soFar().output()).contains("FERRY", "secret-name", "secret-content");
    }

    /** They are of no use to a sender, which does not resume sessions. */
    @ParameterizedTest
    @ValueSource(strings = {"conscrypt", "jdk"})
    void aReceiverThatSendsNothingButTicketsIsGivenUp(String provider) {
        bench.file("secret-name", "secret-content");

        Result sent = sendTo(server("-tls1_3", "-num_tickets", "100"), provider);

        assertThat(sent.expect(6).errors()).contains("more than 32 TLS records without content");
    }

    @Test
    void aSenderWithACodeSaysNothingToWhomeverDoesNotProveIt() {
        bench.file("secret-name", "secret-content");
        RunningProcess server = server("-tls1_3");

        Result sent = sendTo(
                server, "auto", "--code-file", bench.secret("code", "10-supply-nephew-deacon-line-recite-dentist"));

        sent.expect(4);
        assertThat(server.soFar().output()).contains("FERRY").doesNotContain("secret");
    }

    private Result sendTo(RunningProcess server, String provider, Object... options) {
        Matcher accept = await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> ACCEPT.matcher(server.soFar().output()), Matcher::find);
        return bench.sending("--tls-provider", provider, "--timeout", "2s", "--retries", "0")
                .and(options)
                .and("secret-name", accept.group(1))
                .run();
    }

    private RunningProcess server(String... options) {
        return bench.start(Command.of("openssl", "s_server", "-accept", "127.0.0.1:0", "-Verify", 1)
                .and("-cert", own.certificate(), "-key", own.key())
                .and((Object[]) options));
    }

    private Result connect(RunningReceive receive, Object... options) {
        return client(receive, options)
                .and("-cert", own.certificate(), "-key", own.key())
                .run();
    }

    private Command client(RunningReceive receive, Object... options) {
        return Command.of("openssl", "s_client", "-connect", receive.endpoint())
                .and(options)
                .from(bench.file("request", "\0FERRY\r\n" + "\u007f".repeat(100)));
    }

    private static void requireRefused(Result result, String alert) {
        assertThat(result.status()).as(result.toString()).isNotZero();
        assertThat(result.errors()).containsPattern("alert " + alert);
    }
}
