package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.Encryption;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.Tls;
import ferry.net.TlsProvider;
import ferry.net.TlsTrust;
import ferry.receive.ReceiveRequest.Lifetime;
import ferry.trust.AllowedSenders;
import ferry.trust.CodeKey;
import ferry.trust.Identity;
import ferry.trust.Secret;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Token;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, by what, and what those are told who are not. */
@Timeout(120)
class AccessTest {
    private static final CodeKey CODE = CodeKey.derive(Secret.generate());
    private static final CodeKey OTHER_CODE = CodeKey.derive(Secret.generate());
    private static Identity receiver;
    private static Identity alice;
    private static Identity bob;

    @TempDir
    private Path dir;

    @BeforeAll
    static void makeKeys() throws Exception {
        receiver = Identity.of(Optional.empty());
        alice = Identity.of(Optional.empty());
        bob = Identity.of(Optional.empty());
    }

    private Path out() {
        return dir.resolve("out");
    }

    private RunningReceiver start(RunningReceiver.Rules rules) throws Exception {
        return RunningReceiver.start(RunningReceiver.request(out()), rules);
    }

    private static PreparedAccess prepared(
            TransferListener listener,
            Transports transports,
            Optional<Path> allowed,
            Optional<PreparedAccess.Code> code,
            CodeKey key)
            throws TransferException {
        PacedNotices notices = new PacedNotices(listener, System::nanoTime);
        Access access = new Access(
                transports,
                Optional.of(Tls.of(TlsProvider.JDK, receiver, new TlsTrust.AnyKey())),
                allowed.map(AllowedSenders::in),
                code.map(use -> new SharedCode(key, use.use(), new WrongCodes(WrongCodes.Clock.SYSTEM), notices)),
                notices);
        return new PreparedAccess(
                access, transports, Optional.of(receiver.fingerprint()), code, allowed, Optional.empty());
    }

    private static PreparedAccess anybody(TransferListener listener) throws TransferException {
        return prepared(listener, Transports.ALL, Optional.empty(), Optional.empty(), CODE);
    }

    private static PreparedAccess encrypted(TransferListener listener) throws TransferException {
        return prepared(listener, Transports.ENCRYPTED, Optional.empty(), Optional.empty(), CODE);
    }

    private static RunningReceiver.Rules code(SharedCode.Use use, Duration expires) {
        PreparedAccess.Code code = new PreparedAccess.Code(use, Optional.empty(), expires);
        return listener -> prepared(listener, Transports.ENCRYPTED, Optional.empty(), Optional.of(code), CODE);
    }

    private static RunningReceiver.Rules codeForOne() {
        return code(SharedCode.Use.ONE_TRANSFER, Duration.ofHours(1));
    }

    private RunningReceiver.Rules allowing(String... lines) throws Exception {
        Path file = dir.resolve("allowed");
        Files.write(file, java.util.List.of(lines));
        return listener -> prepared(listener, Transports.ENCRYPTED, Optional.of(file), Optional.empty(), CODE);
    }

    private static String notices(RunningReceiver receiver) {
        return receiver.events().of(TransferEvent.Notice.class).toString();
    }

    @Test
    void takesWhatIsEncryptedFromAnybodyAndTellsTheKey() throws Exception {
        try (RunningReceiver running = start(AccessTest::anybody)) {
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), alice).hello(Features.NONE)) {
                assertThat(sender.hear(Frame.Welcome.class).features()).isZero();
                assertThat(sender.file(0, "a", "content").finish(1)).isEqualTo(new Frame.Finished(1, 0, 7));
                assertThat(sender.channel().peer()).isEqualTo(receiver.fingerprint());
            }
            assertThat(running.events().only(TransferEvent.Started.class).encryption())
                    .map(Encryption::peerKey)
                    .contains(alice.fingerprint().toString());
            assertThat(running.events().only(TransferEvent.Listening.class).key())
                    .contains(receiver.fingerprint().toString());
        }
        assertThat(out().resolve("a")).hasContent("content");
    }

    @Test
    void refusesPlainAndClassicInWordsThatTheirUsersUnderstand() throws Exception {
        try (RunningReceiver running = start(AccessTest::encrypted)) {
            try (EncryptedSender sender =
                    EncryptedSender.inPlain(running.port()).hello(Features.NONE)) {
                assertThat(sender.hearAbort(ErrorCode.NOT_ENCRYPTED)).contains("send without --plain");
            }
            try (ScriptedSender sender = running.connect()) {
                assertThat(sender.send("file\ncontent").end().readAll())
                        .isEqualTo("error: receiver: it takes encrypted transfers only: use Ferry's send, without"
                                + " --classic\n");
            }
            assertThat(running.events().of(TransferEvent.Started.class)).isEmpty();
        }
        assertThat(TestDisk.tree(out())).isEmpty();
    }

    @Test
    void refusesWhatIsEncryptedIfOnlyPlainIsTaken() throws Exception {
        try (RunningReceiver running = start(PreparedAccess::ofAnybodyInPlain)) {
            assertThatThrownBy(() -> EncryptedSender.to(running.port(), alice))
                    .isInstanceOfSatisfying(
                            TransferException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.ACCESS_DENIED));
            await().untilAsserted(() -> assertThat(notices(running)).contains("only plain is taken"));
        }
    }

    @Test
    void forgetsAHandshakeThatFailsAndServesTheNext() throws Exception {
        ReceiveRequest once = RunningReceiver.request(out(), ConflictPolicy.RENAME, Lifetime.ONE_TRANSFER);
        try (RunningReceiver running = RunningReceiver.start(once, AccessTest::anybody)) {
            try (ScriptedSender scanner = running.connect()) {
                scanner.send(new byte[] {0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5}).end().expectEnd();
            }
            await().untilAsserted(() -> assertThat(notices(running)).contains("no encrypted connection"));
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), alice).hello(Features.NONE)) {
                sender.finish(0);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void letsInTheKeysOfTheListAndNoOthers() throws Exception {
        RunningReceiver.Rules rules = allowing(alice.fingerprint() + " alice", "@revoked " + bob.fingerprint());
        try (RunningReceiver running = start(rules)) {
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), bob).hello(Features.NONE)) {
                assertThat(sender.hearAbort(ErrorCode.ACCESS_DENIED)).contains("send --fingerprint");
            }
            assertThat(notices(running)).contains(bob.fingerprint().toString());
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), alice).hello(Features.NONE)) {
                sender.file(0, "a", "x").finish(1);
            }
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("a", "x"));
    }

    @Test
    void looksAtTheListAnewForEachSenderAndKeepsWhatIsWrongWithItToItself() throws Exception {
        try (RunningReceiver running = start(allowing(alice.fingerprint() + " alice"))) {
            Files.writeString(dir.resolve("allowed"), "this is no key\n");
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), alice).hello(Features.NONE)) {
                assertThat(sender.hearAbort(ErrorCode.ACCESS_DENIED)).doesNotContain("allowed:");
            }
            assertThat(running.events().of(TransferEvent.Warning.class).toString())
                    .contains("allowed");
        }
    }

    @Test
    void holdsASenderToTheOptionsOfItsLine() throws Exception {
        RunningReceiver.Rules rules = allowing(
                "dir=\"in/alice\",max-size=10,on-conflict=fail,readonly=\"*.conf\" " + alice.fingerprint() + " alice");
        try (RunningReceiver running = start(rules);
                EncryptedSender sender =
                        EncryptedSender.to(running.port(), alice).hello(Features.NONE)) {
            Frame.Welcome welcome = sender.hear(Frame.Welcome.class);
            assertThat(welcome.maxEntrySize()).isEqualTo(10);
            sender.file(0, "a", "x");
            assertThat(sender.hear(Frame.Receipt.class).path()).isEqualTo("a");
            sender.say(Frame.Offer.of(1, TestDisk.file("b.conf", 1)));
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            sender.say(Frame.Offer.of(2, TestDisk.file("large", 11)));
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.TOO_LARGE);
            sender.finish(3);
            assertThat(notices(running)).contains("goes to in/alice/");
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("in", "/", "in/alice", "/", "in/alice/a", "x"));
    }

    @Test
    void demandsACodeAndRefusesOneThatItDoesNotHave() throws Exception {
        try (RunningReceiver running = start(codeForOne());
                EncryptedSender sender =
                        EncryptedSender.to(running.port(), alice).hello(Features.NONE)) {
            assertThat(sender.hearAbort(ErrorCode.CODE_NEEDED)).contains("send --code");
        }
        try (RunningReceiver running = start(AccessTest::anybody)) {
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), alice).prove(CODE)) {
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
                    EncryptedSender.to(running.port(), alice).prove(CODE)) {
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
                OTHER_CODE.proof(
                        ferry.wire.Side.SENDER, new ferry.trust.ChannelBinding(Token.NONE, Token.NONE, Token.NONE))
            }) {
                try (EncryptedSender sender =
                        EncryptedSender.to(running.port(), bob).hello(Features.CODE)) {
                    sender.say(new Frame.CodeProof(proof)).hearAbort(ErrorCode.WRONG_CODE);
                }
            }
            assertThat(running.events().of(TransferEvent.Warning.class))
                    .extracting(TransferEvent.Warning::text)
                    .containsExactly("wrong code from 127.0.0.1 (1st)", "wrong code from 127.0.0.1 (2nd)");
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), alice).prove(CODE)) {
                sender.hearProofAndWelcome(CODE).finish(0);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void takesNoProofOfAnotherChannel() throws Exception {
        try (RunningReceiver running = start(codeForOne());
                EncryptedSender seen = EncryptedSender.to(running.port(), alice);
                EncryptedSender replaying =
                        EncryptedSender.to(running.port(), alice).hello(Features.CODE)) {
            Token proof = CODE.proof(ferry.wire.Side.SENDER, seen.channel().binding());
            replaying.say(new Frame.CodeProof(proof)).hearAbort(ErrorCode.WRONG_CODE);
        }
    }

    @Test
    void letsTheFirstSenderComeBackAfterItsTransferBrokeOffAndNobodyElse() throws Exception {
        try (RunningReceiver running = start(codeForOne())) {
            try (EncryptedSender first =
                    EncryptedSender.to(running.port(), alice).prove(CODE)) {
                first.hearProofAndWelcome(CODE);
                try (EncryptedSender second =
                        EncryptedSender.to(running.port(), alice).prove(CODE)) {
                    second.hear(Frame.CodeProof.class);
                    second.hearAbort(ErrorCode.BUSY);
                }
                first.reset();
            }
            await().until(() ->
                    running.events().of(TransferEvent.Finished.class).size() == 1);
            try (EncryptedSender other = EncryptedSender.to(running.port(), bob).prove(CODE)) {
                assertThat(other.hearAbort(ErrorCode.ACCESS_DENIED)).contains("another sender");
            }
            assertThat(running.hasEnded()).isFalse();
            try (EncryptedSender again =
                    EncryptedSender.to(running.port(), alice).prove(CODE)) {
                again.hearProofAndWelcome(CODE).file(0, "a", "x").finish(1);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void takesAnyNumberOfTransfersByAStandingCode() throws Exception {
        try (RunningReceiver running = start(code(SharedCode.Use.STANDING, Duration.ofHours(1)))) {
            for (Identity identity : new Identity[] {alice, bob}) {
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
        } catch (java.util.concurrent.CompletionException ended) {
            // By that, closing it tells once more.
        }
    }

    @Test
    void letsATransferFinishThatBeganBeforeTheCodeExpired() throws Exception {
        try (RunningReceiver running = start(code(SharedCode.Use.ONE_TRANSFER, Duration.ofSeconds(4)));
                EncryptedSender sender =
                        EncryptedSender.to(running.port(), alice).prove(CODE)) {
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
        } catch (java.io.IOException e) {
            return true;
        }
    }
}
