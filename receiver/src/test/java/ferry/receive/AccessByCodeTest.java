package ferry.receive;

import static ferry.receive.TestAccess.ALICE;
import static ferry.receive.TestAccess.BOB;
import static ferry.receive.TestAccess.CODE;
import static ferry.receive.TestAccess.OTHER_CODE;
import static ferry.receive.TestAccess.code;
import static ferry.receive.TestAccess.codeForOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.trust.ChannelBinding;
import ferry.trust.Identity;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Side;
import ferry.wire.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in by a code, and how often. */
@Timeout(120)
class AccessByCodeTest {
    @TempDir
    private Path dir;

    private Path out() {
        return dir.resolve("out");
    }

    private RunningReceiver start(RunningReceiver.Rules rules) throws Exception {
        return RunningReceiver.start(RunningReceiver.request(out()), rules);
    }

    @Test
    void demandsACodeAndRefusesOneThatItDoesNotHave() throws Exception {
        try (RunningReceiver running = start(codeForOne());
                EncryptedSender sender =
                        EncryptedSender.to(running.port(), ALICE).hello(Features.NONE)) {
            assertThat(sender.hearAbort(ErrorCode.CODE_NEEDED)).contains("send --code");
        }
        try (RunningReceiver running = start(TestAccess::anybody)) {
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), ALICE).prove(CODE)) {
                assertThat(sender.hearAbort(ErrorCode.ACCESS_DENIED)).contains("no code");
            }
            try (EncryptedSender sender =
                    EncryptedSender.inPlain(running.port()).hello(Features.CODE)) {
                sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
            }
        }
    }

    @Test
    void endsAfterTheOneTransferOfWhoProvesTheCode() throws Exception {
        try (RunningReceiver running = start(codeForOne())) {
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), ALICE).prove(CODE)) {
                sender.hearProofAndWelcome(CODE).file(0, "a", "content").finish(1);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(out().resolve("a")).hasContent("content");
    }

    @Test
    void isNotSpentByAWrongCodeWhichIsTold() throws Exception {
        try (RunningReceiver running = start(codeForOne())) {
            for (Token proof : new Token[] {
                Token.NONE,
                OTHER_CODE.proof(Side.SENDER, new ChannelBinding(Token.NONE, Token.NONE, Token.NONE, Token.NONE))
            }) {
                try (EncryptedSender sender =
                        EncryptedSender.to(running.port(), BOB).hello(Features.CODE)) {
                    sender.say(new Frame.CodeProof(proof)).hearAbort(ErrorCode.WRONG_CODE);
                }
            }
            assertThat(running.events().of(TransferEvent.Warning.class))
                    .extracting(TransferEvent.Warning::text)
                    .containsExactly("wrong code from 127.0.0.1 (1st)", "wrong code from 127.0.0.1 (2nd)");
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), ALICE).prove(CODE)) {
                sender.hearProofAndWelcome(CODE).finish(0);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void takesNoProofOfAnotherChannel() throws Exception {
        try (RunningReceiver running = start(codeForOne());
                EncryptedSender seen = EncryptedSender.to(running.port(), ALICE);
                EncryptedSender replaying =
                        EncryptedSender.to(running.port(), ALICE).hello(Features.CODE)) {
            Token proof = CODE.proof(Side.SENDER, seen.channel().binding());
            replaying.say(new Frame.CodeProof(proof)).hearAbort(ErrorCode.WRONG_CODE);
        }
    }

    @Test
    void letsTheFirstSenderComeBackAfterItsTransferBrokeOffAndNobodyElse() throws Exception {
        try (RunningReceiver running = start(codeForOne())) {
            try (EncryptedSender first =
                    EncryptedSender.to(running.port(), ALICE).prove(CODE)) {
                first.hearProofAndWelcome(CODE);
                try (EncryptedSender second =
                        EncryptedSender.to(running.port(), ALICE).prove(CODE)) {
                    second.hear(Frame.CodeProof.class);
                    second.hearAbort(ErrorCode.BUSY);
                }
                first.reset();
            }
            await().until(() ->
                    running.events().of(TransferEvent.Finished.class).size() == 1);
            try (EncryptedSender other = EncryptedSender.to(running.port(), BOB).prove(CODE)) {
                assertThat(other.hearAbort(ErrorCode.ACCESS_DENIED)).contains("another sender");
            }
            assertThat(running.hasEnded()).isFalse();
            try (EncryptedSender again =
                    EncryptedSender.to(running.port(), ALICE).prove(CODE)) {
                again.hearProofAndWelcome(CODE).file(0, "a", "x").finish(1);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void takesAnyNumberOfTransfersByAStandingCode() throws Exception {
        try (RunningReceiver running = start(code(SharedCode.Use.STANDING, Duration.ofHours(1)))) {
            for (Identity identity : new Identity[] {ALICE, BOB}) {
                try (EncryptedSender sender =
                        EncryptedSender.to(running.port(), identity).prove(CODE)) {
                    sender.hearProofAndWelcome(CODE).finish(0);
                }
            }
            assertThat(running.hasEnded()).isFalse();
        }
    }

    @Test
    void endsWithTheStatusOfAccessIfTheCodeExpiresBeforeATransferCame() throws Exception {
        try (RunningReceiver running = start(code(SharedCode.Use.ONE_TRANSFER, Duration.ofMillis(1500)))) {
            assertThatThrownBy(running::awaitEnd)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(TransferException.class, expired -> {
                        assertThat(expired.code().exitStatus()).isEqualTo(ExitStatus.ACCESS);
                        assertThat(expired.why()).isEqualTo("it has expired, and no transfer was received with it");
                        assertThat(expired.hints()).contains("receive --code --expires 48h");
                    });
        } catch (CompletionException ended) {
            // By that, closing it tells once more.
        }
    }

    @Test
    void letsATransferFinishThatBeganBeforeTheCodeExpired() throws Exception {
        try (RunningReceiver running = start(code(SharedCode.Use.ONE_TRANSFER, Duration.ofSeconds(4)));
                EncryptedSender sender =
                        EncryptedSender.to(running.port(), ALICE).prove(CODE)) {
            sender.hearProofAndWelcome(CODE);
            await().atMost(Duration.ofSeconds(30)).until(() -> isRefused(running.port()));
            sender.file(0, "a", "late".repeat(2)).finish(1);
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(Files.readString(out().resolve("a"), StandardCharsets.UTF_8)).isEqualTo("latelate");
    }

    private static boolean isRefused(int port) {
        try {
            ScriptedSender.to(port).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
