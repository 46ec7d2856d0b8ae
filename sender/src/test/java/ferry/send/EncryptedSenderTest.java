package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.net.Security;
import ferry.trust.CodeKey;
import ferry.trust.ConfigFolder;
import ferry.trust.KeyFingerprint;
import ferry.trust.KnownReceivers;
import ferry.trust.Secret;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of a sender against scripted receivers within TLS. */
@Timeout(60)
class EncryptedSenderTest {
    private static final KeyFingerprint RIGHT = Identities.RECEIVER.fingerprint();
    private static final KeyFingerprint WRONG = Identities.STRANGER.fingerprint();

    @TempDir
    private Path dir;

    private final Events events = new Events();
    private Map<String, String> environment;
    private KnownReceivers known;
    private Path file;

    @BeforeEach
    void prepare() throws Exception {
        environment = Map.of("XDG_CONFIG_HOME", dir.resolve("config").toString());
        known = KnownReceivers.in(ConfigFolder.locate(environment).orElseThrow());
        file = Files.writeString(dir.resolve("f"), "content");
    }

    private Sender sender(SendRequest request, Optional<Secret> secret) {
        return new Sender(request, environment, secret, SendSession::over, events);
    }

    private void assertStops(ErrorCode code, ThrowingCallable run) {
        assertThatThrownBy(run)
                .isInstanceOfSatisfying(
                        TransferException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
        assertThat(events.of(TransferEvent.Started.class)).isEmpty();
    }

    private static void takeOne(ScriptedFerryReceiver receiver, long features) throws Exception {
        receiver.say(ScriptedFerryReceiver.welcome(ScriptedFerryReceiver.CREDIT, features, Duration.ofSeconds(30)));
        Frame.End end = receiver.await(Frame.End.class);
        receiver.await(Frame.Done.class);
        receiver.say(ScriptedFerryReceiver.receipt(end), new Frame.Finished(1, 0, 7));
    }

    @Test
    void tellsHowItIsEncryptedAndByWhoseKey() throws Exception {
        try (TlsReceiver receiver = TlsReceiver.playing(script -> {
            assertThat(script.greeted().owner().isNone()).isTrue();
            takeOne(script, Features.NONE);
        })) {
            assertThat(sender(Requests.encrypted(receiver.endpoint(), file), Optional.empty())
                            .run())
                    .isEqualTo(ExitStatus.DONE);
            receiver.awaitEnd();
        }
        assertThat(events.only(TransferEvent.Started.class).encryption())
                .hasValueSatisfying(
                        encryption -> assertThat(encryption.peerKey()).isEqualTo(RIGHT.toString()));
        assertThat(events.of(TransferEvent.Warning.class)).isEmpty();
        assertThat(known.file()).doesNotExist();
    }

    @Test
    void tellsNothingToAReceiverWithAnotherKeyAndDoesNotComeBack() throws Exception {
        try (TlsReceiver receiver = TlsReceiver.playing(ScriptedFerryReceiver::expectNothing)) {
            known.record(KeyCheck.nameOf(receiver.endpoint()), WRONG);
            SendRequest request = Requests.waiting(Requests.encrypted(receiver.endpoint(), file));
            assertStops(
                    ErrorCode.KEY_CHANGED,
                    () -> sender(request, Optional.empty()).run());
            receiver.awaitEnd();
        }
    }

    @Test
    void tellsNothingToAReceiverWithAKeyThatIsNotPinned() throws Exception {
        try (TlsReceiver receiver = TlsReceiver.playing(ScriptedFerryReceiver::expectNothing)) {
            SendRequest request = Requests.pinned(Requests.encrypted(receiver.endpoint(), file), WRONG);
            assertStops(
                    ErrorCode.KEY_CHANGED,
                    () -> sender(request, Optional.empty()).run());
            receiver.awaitEnd();
        }
    }

    @Test
    void sendsToAReceiverWithThePinnedKey() throws Exception {
        try (TlsReceiver receiver = TlsReceiver.playing(script -> {
            script.greeted();
            takeOne(script, Features.NONE);
        })) {
            SendRequest request = Requests.pinned(Requests.encrypted(receiver.endpoint(), file), RIGHT);
            assertThat(sender(request, Optional.empty()).run()).isEqualTo(ExitStatus.DONE);
            assertThat(known.check(KeyCheck.nameOf(receiver.endpoint()), RIGHT))
                    .isEqualTo(new KnownReceivers.Answer.Known());
        }
    }

    /** As when an accept queue overflows. */
    @Test
    void triesAgainWhenAHandshakeBreaks() throws Exception {
        try (TlsReceiver receiver = TlsReceiver.playing(TlsReceiver.RESET, script -> {
            script.greeted();
            takeOne(script, Features.NONE);
        })) {
            SendRequest request = Requests.waiting(Requests.encrypted(receiver.endpoint(), file));
            assertThat(sender(request, Optional.empty()).run()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(events.of(TransferEvent.Started.class)).hasSize(1);
    }

    @Test
    void provesACodeAndWantsItProved() throws Exception {
        Secret secret = Secret.generate();
        CodeKey key = CodeKey.derive(secret);
        try (TlsReceiver receiver = TlsReceiver.playing(script -> {
            assertThat(script.greeted().features()).isEqualTo(Features.CODE);
            Security.Tls channel = (Security.Tls) script.security();
            assertThat(key.verify(
                            Side.SENDER,
                            channel.binding(),
                            script.hear(Frame.CodeProof.class).proof()))
                    .isTrue();
            script.say(new Frame.CodeProof(key.proof(Side.RECEIVER, channel.binding())));
            takeOne(script, Features.CODE);
        })) {
            assertThat(sender(Requests.encrypted(receiver.endpoint(), file), Optional.of(secret))
                            .run())
                    .isEqualTo(ExitStatus.DONE);
            receiver.awaitEnd();
        }
    }

    @Test
    void tellsNothingToAReceiverThatHasAnotherCode() throws Exception {
        try (TlsReceiver receiver = TlsReceiver.playing(script -> {
            script.greeted();
            script.hear(Frame.CodeProof.class);
            Security.Tls channel = (Security.Tls) script.security();
            script.say(new Frame.CodeProof(CodeKey.derive(Secret.generate()).proof(Side.RECEIVER, channel.binding())));
            assertThat(script.hear(Frame.Abort.class).reason().code()).isEqualTo(ErrorCode.WRONG_CODE);
        })) {
            assertThat(sender(Requests.encrypted(receiver.endpoint(), file), Optional.of(Secret.generate()))
                            .run())
                    .isEqualTo(ExitStatus.ACCESS);
            receiver.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Completed.class)).isEmpty();
    }
}
