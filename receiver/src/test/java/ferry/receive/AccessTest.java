package ferry.receive;

import static ferry.receive.TestAccess.ALICE;
import static ferry.receive.TestAccess.BOB;
import static ferry.receive.TestAccess.RECEIVER;
import static ferry.receive.TestAccess.allowing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.Encryption;
import ferry.event.TransferEvent;
import ferry.receive.ReceiveRequest.Lifetime;
import ferry.wire.Features;
import ferry.wire.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, by which key, and what those are told who are not. */
@Timeout(120)
class AccessTest {
    @TempDir
    private Path dir;

    private Path out() {
        return dir.resolve("out");
    }

    private RunningReceiver start(RunningReceiver.Rules rules) throws Exception {
        return RunningReceiver.start(RunningReceiver.request(out()), rules);
    }

    private Path allowed() {
        return dir.resolve("allowed");
    }

    private static String notices(RunningReceiver receiver) {
        return receiver.events().of(TransferEvent.Notice.class).toString();
    }

    @Test
    void takesWhatIsEncryptedFromAnybodyAndTellsTheKey() throws Exception {
        try (RunningReceiver running = start(TestAccess::anybody)) {
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), ALICE).hello(Features.NONE)) {
                assertThat(sender.hear(Frame.Welcome.class).features()).isZero();
                assertThat(sender.file(0, "a", "content").finish(1)).isEqualTo(new Frame.Finished(1, 0, 7));
                assertThat(sender.channel().peer()).isEqualTo(RECEIVER.fingerprint());
            }
            assertThat(running.events().only(TransferEvent.Started.class).encryption())
                    .map(Encryption::peerKey)
                    .contains(ALICE.fingerprint().toString());
            assertThat(running.events().only(TransferEvent.Listening.class).key())
                    .contains(RECEIVER.fingerprint().toString());
        }
        assertThat(out().resolve("a")).hasContent("content");
    }

    @Test
    void refusesPlainAndClassicInWordsThatTheirUsersUnderstand() throws Exception {
        try (RunningReceiver running = start(TestAccess::encrypted)) {
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
            assertThatThrownBy(() -> EncryptedSender.to(running.port(), ALICE))
                    .isInstanceOfSatisfying(
                            TransferException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.ACCESS_DENIED));
            await().untilAsserted(() -> assertThat(notices(running)).contains("only plain is taken"));
        }
    }

    @Test
    void forgetsAHandshakeThatFailsAndServesTheNext() throws Exception {
        ReceiveRequest once = RunningReceiver.request(out(), ConflictPolicy.RENAME, Lifetime.ONE_TRANSFER);
        try (RunningReceiver running = RunningReceiver.start(once, TestAccess::anybody)) {
            try (ScriptedSender scanner = running.connect()) {
                scanner.send(new byte[] {0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5}).end().expectEnd();
            }
            await().untilAsserted(() -> assertThat(notices(running)).contains("no encrypted connection"));
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), ALICE).hello(Features.NONE)) {
                sender.finish(0);
            }
            assertThat(running.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void letsInTheKeysOfTheListAndNoOthers() throws Exception {
        RunningReceiver.Rules rules =
                allowing(allowed(), ALICE.fingerprint() + " alice", "@revoked " + BOB.fingerprint());
        try (RunningReceiver running = start(rules)) {
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), BOB).hello(Features.NONE)) {
                assertThat(sender.hearAbort(ErrorCode.ACCESS_DENIED)).contains("send --fingerprint");
            }
            assertThat(notices(running)).contains(BOB.fingerprint().toString());
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), ALICE).hello(Features.NONE)) {
                sender.file(0, "a", "x").finish(1);
            }
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("a", "x"));
    }

    @Test
    void looksAtTheListAnewForEachSenderAndKeepsWhatIsWrongWithItToItself() throws Exception {
        try (RunningReceiver running = start(allowing(allowed(), ALICE.fingerprint() + " alice"))) {
            Files.writeString(allowed(), "this is no key\n");
            try (EncryptedSender sender =
                    EncryptedSender.to(running.port(), ALICE).hello(Features.NONE)) {
                assertThat(sender.hearAbort(ErrorCode.ACCESS_DENIED)).doesNotContain("allowed:");
            }
            assertThat(running.events().of(TransferEvent.Warning.class).toString())
                    .contains("allowed");
        }
    }

    @Test
    void holdsASenderToTheOptionsOfItsLine() throws Exception {
        RunningReceiver.Rules rules = allowing(
                allowed(),
                "dir=\"in/alice\",max-size=10,on-conflict=fail,readonly=\"*.conf\" " + ALICE.fingerprint() + " alice");
        try (RunningReceiver running = start(rules);
                EncryptedSender sender =
                        EncryptedSender.to(running.port(), ALICE).hello(Features.NONE)) {
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

    /** A busy machine can only be slower than the limit, never faster. */
    @Test
    void holdsASenderToTheRateOfItsLineHoweverManyConnectionsItOpens() throws Exception {
        int bytes = 100_000;
        int transfers = 2;
        long begin = System.nanoTime();
        try (RunningReceiver running = start(allowing(allowed(), "rate=100kB/s " + ALICE.fingerprint()))) {
            for (int i = 0; i < transfers; i++) {
                try (EncryptedSender sender =
                        EncryptedSender.to(running.port(), ALICE).hello(Features.NONE)) {
                    sender.say(Frame.Offer.of(0, TestDisk.file("a" + i, bytes))).hear(Frame.Accept.class);
                    sender.data(0, 0, bytes).say(new Frame.End(0, bytes, ScriptedFerrySender.crc(new byte[bytes])));
                    assertThat(sender.finish(1)).isEqualTo(new Frame.Finished(1, 0, bytes));
                }
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(1700));
    }
}
