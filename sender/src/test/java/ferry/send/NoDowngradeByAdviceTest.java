package ferry.send;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.trust.ConfigFolder;
import ferry.trust.KnownReceivers;
import ferry.trust.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Anybody on the way can forge what a receiver without TLS answers; then a hint must not talk the user out of encryption. */
@Timeout(60)
class NoDowngradeByAdviceTest {
    private static final List<String> FORGED = List.of("15030300020231", "15030300020246", "6f6b");
    private static final String BUSY = "1503030002025a";

    @TempDir
    private Path dir;

    private final Events events = new Events();
    private Map<String, String> environment;
    private Path file;

    /** What makes it sure that the receiver would encrypt. */
    enum Proof {
        RECORD,
        BROKEN_RECORD,
        PIN,
        CODE,
        AUTHORITY
    }

    @BeforeEach
    void prepare() throws Exception {
        environment = Map.of("XDG_CONFIG_HOME", dir.resolve("config").toString());
        file = Files.writeString(dir.resolve("f"), "content");
    }

    private static ScriptedReceiver answering(String... hex) throws IOException {
        ScriptedReceiver.Script[] scripts = new ScriptedReceiver.Script[hex.length];
        for (int i = 0; i < hex.length; i++) {
            byte[] answer = HexFormat.of().parseHex(hex[i]);
            scripts[i] = sender -> {
                sender.getInputStream().readNBytes(5);
                sender.getOutputStream().write(answer);
                sender.shutdownOutput();
                readOn(sender.getInputStream());
            };
        }
        return ScriptedReceiver.playing(scripts);
    }

    private static void readOn(InputStream in) {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The sender has gone.
        }
    }

    private TransferException failure(SendRequest request, Optional<Secret> secret) {
        Sender sender = new Sender(request, environment, secret, SendSession::over, events);
        return catchThrowableOfType(TransferException.class, sender::run);
    }

    @ParameterizedTest
    @EnumSource
    void givesNoHintAtPlainWhereTheReceiverHasToProveWhoItIs(Proof proof) throws Exception {
        for (String answer : FORGED) {
            try (ScriptedReceiver receiver = answering(answer)) {
                SendRequest request = Requests.encrypted(receiver.endpoint(), file);
                KnownReceivers known =
                        KnownReceivers.in(ConfigFolder.locate(environment).orElseThrow());
                TransferException e = switch (proof) {
                    case RECORD -> {
                        known.record(KeyCheck.nameOf(receiver.endpoint()), Identities.RECEIVER.fingerprint());
                        yield failure(request, Optional.empty());
                    }
                    case BROKEN_RECORD -> {
                        Files.createDirectories(known.file().getParent());
                        Files.writeString(known.file(), "nonsense\n");
                        yield failure(request, Optional.empty());
                    }
                    case PIN -> failure(Requests.pinned(request, Identities.RECEIVER.fingerprint()), Optional.empty());
                    case CODE -> failure(request, Optional.of(Secret.generate()));
                    case AUTHORITY -> failure(Requests.vouchedFor(request, authority()), Optional.empty());
                };
                assertThat(e.code()).as(answer).isIn(ErrorCode.ACCESS_DENIED, ErrorCode.NOT_FERRY);
                assertThat(e.hints())
                        .singleElement()
                        .asString()
                        .endsWith("somebody may be in between")
                        .doesNotContain("--plain", "--classic");
            }
        }
    }

    @Test
    void namesTheRiskAndTheWholeLineWhereNothingIsKnownOfTheReceiver() throws Exception {
        try (ScriptedReceiver receiver = answering("6f6b", "15030300020231")) {
            SendRequest request = Requests.encrypted(receiver.endpoint(), file);
            assertThat(failure(request, Optional.empty()).hints())
                    .containsExactly(
                            "anybody on the way can answer this; only if all between here and there may read and change what is sent:",
                            "send --plain FILE... " + receiver.endpoint(),
                            "send --classic FILE... " + receiver.endpoint());
            assertThat(failure(request, Optional.empty()).hints())
                    .hasSize(2)
                    .last()
                    .isEqualTo("send --plain FILE... " + receiver.endpoint());
        }
    }

    @Test
    void triesAgainWhereTheReceiverHasNoPlace() throws Exception {
        try (ScriptedReceiver receiver = answering(BUSY, BUSY, "6f6b")) {
            SendRequest request =
                    Requests.trying(Requests.encrypted(receiver.endpoint(), file), Duration.ofSeconds(20));
            assertThat(failure(request, Optional.empty()).code()).isEqualTo(ErrorCode.NOT_FERRY);
            receiver.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Notice.class))
                .hasSize(2)
                .allMatch(notice -> notice.text().contains("serves as many connections as it can; trying again"));
    }

    private Path authority() throws Exception {
        X509Certificate certificate = Identities.STRANGER.chain().getFirst();
        String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(certificate.getEncoded());
        return Files.writeString(
                dir.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
    }
}
