package ferry.send;

import static ferry.send.ScriptedFerryReceiver.welcome;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Token;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** A session that has a code tells nothing of its files before the receiver has proved that it knows it too. */
@Timeout(30)
class SendCodeTest {
    private static final Token OURS = Token.random();
    private static final Token THEIRS = Token.random();

    @TempDir
    private Path dir;

    private final AtomicInteger proved = new AtomicInteger();
    private SourceEntry file;

    @BeforeEach
    void write() throws Exception {
        file = SessionRun.file(Files.writeString(dir.resolve("secret-name"), "secret"));
    }

    private SessionRun proving() throws Exception {
        return SessionRun.proving(connection -> new CodeExchange(OURS, THEIRS, proved::incrementAndGet));
    }

    /** Reads what a sender says before it knows whom it speaks to. */
    private static ScriptedFerryReceiver introduced(SessionRun run) throws Exception {
        ScriptedFerryReceiver receiver = run.receiver();
        assertThat(receiver.greeted().features()).isEqualTo(Features.CODE);
        assertThat(receiver.hear(Frame.CodeProof.class).proof()).isEqualTo(OURS);
        return receiver;
    }

    private static Frame.Welcome welcomed(long features) {
        return welcome(ScriptedFerryReceiver.CREDIT, features, Duration.ofSeconds(30));
    }

    @Test
    void offersOnceTheReceiverHasProvedTheCode() throws Exception {
        try (SessionRun run = proving().findsOnly(file)) {
            ScriptedFerryReceiver receiver = introduced(run);
            assertThat(proved).hasValue(0);
            receiver.say(new Frame.KeepAlive(), new Frame.CodeProof(THEIRS), welcomed(Features.CODE));
            receiver.hear(Frame.Offer.class);
            assertThat(proved).hasValue(1);
            Frame.End end = receiver.await(Frame.End.class);
            receiver.await(Frame.Done.class);
            receiver.say(ScriptedFerryReceiver.receipt(end), new Frame.Finished(1, 0, 6));
            run.assertComplete();
        }
    }

    /** What a receiver says that does not know the code. */
    record Pretence(String what, ErrorCode code, List<Frame> answer) {
        static Pretence of(String what, ErrorCode code, Frame... answer) {
            return new Pretence(what, code, List.of(answer));
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static final List<Pretence> PRETENCES = List.of(
            Pretence.of("any proof", ErrorCode.WRONG_CODE, new Frame.CodeProof(Token.random())),
            Pretence.of("no proof", ErrorCode.WRONG_CODE, new Frame.CodeProof(Token.NONE)),
            Pretence.of("the sender's own proof", ErrorCode.WRONG_CODE, new Frame.CodeProof(OURS)),
            Pretence.of("WELCOME", ErrorCode.ACCESS_DENIED, welcomed(Features.NONE)),
            Pretence.of("WELCOME as if", ErrorCode.ACCESS_DENIED, welcomed(Features.CODE)),
            Pretence.of("a verdict", ErrorCode.PROTOCOL_VIOLATION, new Frame.KeepAlive(), new Frame.Accept(0)),
            Pretence.of("FINISHED", ErrorCode.PROTOCOL_VIOLATION, new Frame.KeepAlive(), new Frame.Finished(0, 0, 0)));

    @ParameterizedTest(name = "{0}")
    @FieldSource("PRETENCES")
    void tellsNothingToAReceiverThatDoesNotKnowTheCode(Pretence pretence) throws Exception {
        try (SessionRun run = proving().finds(file)) {
            ScriptedFerryReceiver receiver =
                    introduced(run).say(pretence.answer().toArray(Frame[]::new));
            assertThat(receiver.hear(Frame.Abort.class).reason().code()).isEqualTo(pretence.code());
            receiver.close();
            run.failure(pretence.code());
            assertThat(proved).hasValue(0);
        }
    }

    @Test
    void wantsToHearThatTheCodeWasProved() throws Exception {
        try (SessionRun run = proving().finds(file)) {
            introduced(run).say(new Frame.CodeProof(THEIRS), welcomed(Features.NONE));
            run.receiver().awaitAbort(ErrorCode.PROTOCOL_VIOLATION);
            run.receiver().close();
            run.failure(ErrorCode.PROTOCOL_VIOLATION);
        }
        try (SessionRun run = proving().finds(file)) {
            introduced(run).say(new Frame.CodeProof(THEIRS), new Frame.CodeProof(THEIRS));
            run.receiver().awaitAbort(ErrorCode.PROTOCOL_VIOLATION);
            run.receiver().close();
            run.failure(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ACCESS_DENIED", "WRONG_CODE", "CODE_NEEDED", "NOT_ENCRYPTED", "CERTIFICATE_REFUSED"})
    void saysWhyTheReceiverDoesNotLetItIn(ErrorCode code) throws Exception {
        try (SessionRun run = proving().finds(file)) {
            introduced(run).abort(code);
            assertThat(run.failure(code)).hasMessage("receiver: as the test wants it");
        }
    }

    @Test
    void leavesItToItselfWhetherTheReceiversKeyHasChanged() throws Exception {
        try (SessionRun run = proving().finds(file)) {
            introduced(run).abort(ErrorCode.KEY_CHANGED);
            run.failure(ErrorCode.ACCESS_DENIED);
        }
    }

    @Test
    void namesTheProofWhenTheReceiverDoesNotAnswer() throws Exception {
        try (SessionRun run = SessionRun.proving(
                        Duration.ofMillis(300), connection -> new CodeExchange(OURS, THEIRS, proved::incrementAndGet))
                .finds(file)) {
            introduced(run);
            assertThat(run.ending())
                    .isInstanceOfSatisfying(
                            TransferSession.Ending.Broken.class,
                            ending -> assertThat(ending.cause().why()).contains("the receiver's proof of the code"));
            assertThat(run.putBack()).containsExactly(file);
        }
    }

    @Test
    void endsSoonWhenItIsCancelledMeanwhile() throws Exception {
        try (SessionRun run = proving().finds(file)) {
            ScriptedFerryReceiver receiver = introduced(run);
            run.cancel();
            assertThat(receiver.hear(Frame.Abort.class).reason().code()).isEqualTo(ErrorCode.INTERRUPTED);
            receiver.close();
            run.failure(ErrorCode.INTERRUPTED);
        }
    }
}
