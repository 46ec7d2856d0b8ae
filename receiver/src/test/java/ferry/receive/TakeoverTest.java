package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import ferry.receive.ReceiveRequest.Lifetime;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import ferry.wire.TransferId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sender that comes back over another connection, and what becomes of the one before. */
@Timeout(60)
class TakeoverTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final OwnerId OWNER = new OwnerId(1, 1);
    private static final OwnerId OTHER = new OwnerId(2, 2);

    @TempDir
    private Path out;

    private static EncryptedSender come(int port, TransferId transfer, OwnerId owner) throws Exception {
        return EncryptedSender.inPlain(port).hello(Features.NONE, transfer, owner);
    }

    private static EncryptedSender welcomed(int port, TransferId transfer, OwnerId owner) throws Exception {
        EncryptedSender sender = come(port, transfer, owner);
        sender.hear(Frame.Welcome.class);
        return sender;
    }

    private static void sendPartOfAFile(EncryptedSender sender) throws Exception {
        sender.say(Frame.Offer.of(0, TestDisk.file("a", 1 << 20))).hear(Frame.Accept.class);
        sender.data(0, 0, 1000);
    }

    @Test
    void whoComesBackBeginsWhenItsFirstSessionHasLetGoOfTheDisk() throws Exception {
        TransferId transfer = TransferId.random();
        try (ReceptionHost host = ReceptionHost.into(out, LONG);
                EncryptedSender before = welcomed(host.port(), transfer, OWNER)) {
            sendPartOfAFile(before);
            try (EncryptedSender after = welcomed(host.port(), transfer, OWNER)) {
                assertThat(host.log()).containsExactly("open 1", "close 1", "open 2");
                before.awaitEnd();
                after.file(0, "a", "content").finish(1);
            }
            assertThat(host.events().only(TransferEvent.Stopped.class).text())
                    .contains("it has come back over another connection");
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("a", "content"));
    }

    @Test
    void theLastOfManyConnectionsOfATransferIsTheOneThatGoesOn() throws Exception {
        TransferId transfer = TransferId.random();
        try (ReceptionHost host = ReceptionHost.stuck(out, LONG);
                EncryptedSender first = welcomed(host.port(), transfer, OWNER);
                EncryptedSender second = come(host.port(), transfer, OWNER)) {
            // It is waiting for the first one's inbox as soon as that is told to go.
            first.awaitEnd();
            try (EncryptedSender third = come(host.port(), transfer, OWNER)) {
                second.awaitEnd();
                host.unstick();
                third.hear(Frame.Welcome.class);
                third.finish(0);
            }
            await().untilAsserted(
                            () -> assertThat(host.log()).containsExactly("open 1", "close 1", "open 2", "close 2"));
        }
    }

    @Test
    void whoComesBackWhileTheDiskIsStuckIsToldToTryAgain() throws Exception {
        TransferId transfer = TransferId.random();
        try (ReceptionHost host = ReceptionHost.stuck(out, Duration.ofMillis(300));
                EncryptedSender before = welcomed(host.port(), transfer, OWNER);
                EncryptedSender after = come(host.port(), transfer, OWNER)) {
            assertThat(after.hearAbort(ErrorCode.BUSY)).contains("disk is not done yet");
            assertThat(host.log()).containsExactly("open 1");
            host.unstick();
            before.awaitEnd();
            await().untilAsserted(() -> assertThat(host.log()).containsExactly("open 1", "close 1"));
            try (EncryptedSender again = welcomed(host.port(), transfer, OWNER)) {
                again.finish(0);
            }
        }
    }

    @Test
    void takesNothingFromOthers() throws Exception {
        TransferId transfer = TransferId.random();
        try (ReceptionHost host = ReceptionHost.into(out, LONG);
                EncryptedSender one = welcomed(host.port(), transfer, OWNER);
                EncryptedSender another = welcomed(host.port(), TransferId.random(), OWNER);
                EncryptedSender otherOwner = welcomed(host.port(), transfer, OTHER);
                EncryptedSender nobody = welcomed(host.port(), transfer, OwnerId.NONE);
                EncryptedSender nobodyElse = welcomed(host.port(), transfer, OwnerId.NONE)) {
            int number = 0;
            for (EncryptedSender sender : List.of(one, another, otherOwner, nobody, nobodyElse)) {
                sender.file(0, "file-" + number, "content").finish(1);
                number++;
            }
        }
        assertThat(TestDisk.tree(out)).hasSize(5);
    }

    @Test
    void takesOverFromASessionOfTheSameOwnerThatHasBeenSilentForTwoKeepAlives() throws Exception {
        try (ReceptionHost host = ReceptionHost.into(out, Duration.ofSeconds(3));
                EncryptedSender silent = welcomed(host.port(), TransferId.random(), OWNER);
                EncryptedSender other = welcomed(host.port(), TransferId.random(), OTHER)) {
            await().pollDelay(Duration.ofMillis(2_100)).until(() -> true);
            other.say(new Frame.KeepAlive());
            try (EncryptedSender newcomer = welcomed(host.port(), TransferId.random(), OWNER)) {
                assertThat(host.log()).contains("close 1");
                silent.awaitEnd();
                newcomer.finish(0);
            }
            other.finish(0);
        }
    }

    @Test
    void anotherRunOfTheSameOwnerBeginsWhenTheOneThatBrokeHasLetGoOfTheDisk() throws Exception {
        try (ReceptionHost host = ReceptionHost.stuck(out, LONG);
                EncryptedSender broken = welcomed(host.port(), TransferId.random(), OWNER);
                EncryptedSender stranger = come(host.port(), TransferId.random(), OTHER)) {
            broken.reset();
            host.awaitStuck();
            try (EncryptedSender next = come(host.port(), TransferId.random(), OWNER)) {
                stranger.hear(Frame.Welcome.class);
                host.unstick();
                next.hear(Frame.Welcome.class);
                next.finish(0);
            }
            assertThat(host.log()).containsSubsequence("open 1", "close 1", "open 3");
            stranger.finish(0);
        }
    }

    private static ReceiveRequest once(Path folder, Duration timeout) {
        return new ReceiveRequest(
                RunningReceiver.request(folder).destination(),
                List.of(new Endpoint.Tcp("127.0.0.1", 0)),
                Lifetime.ONE_TRANSFER,
                AcceptOptions.DEFAULT,
                OptionalLong.empty(),
                timeout,
                LONG);
    }

    @Test
    void aSingleTransferThatBrokeOffIsWaitedForAndNobodyElseIsLetIn() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once(out, LONG))) {
            EncryptedSender before = welcomed(receiver.port(), TransferId.random(), OWNER);
            sendPartOfAFile(before);
            before.reset();
            await().until(() -> receiver.events().of(TransferEvent.Notice.class).stream()
                    .anyMatch(notice -> notice.text().contains("to come back")));
            try (EncryptedSender other = come(receiver.port(), TransferId.random(), OTHER)) {
                assertThat(other.hearAbort(ErrorCode.BUSY)).contains("whose sender it waits for");
            }
            assertThat(receiver.hasEnded()).isFalse();
            try (EncryptedSender after = welcomed(receiver.port(), TransferId.random(), OWNER)) {
                after.file(0, "a", "content").finish(1);
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("a", "content"));
    }

    @Test
    void aSingleTransferGoesOnOverAnotherConnectionThoughTheFirstHasNotBroken() throws Exception {
        TransferId transfer = TransferId.random();
        try (RunningReceiver receiver = RunningReceiver.start(once(out, LONG));
                EncryptedSender before = welcomed(receiver.port(), transfer, OWNER);
                EncryptedSender after = welcomed(receiver.port(), transfer, OWNER)) {
            before.awaitEnd();
            after.file(0, "a", "content").finish(1);
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void aSenderThatDoesNotComeBackIsWaitedForTenTimeouts() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once(out, Duration.ofMillis(200)))) {
            long begin = System.nanoTime();
            welcomed(receiver.port(), TransferId.random(), OWNER).reset();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.NETWORK);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void nobodyIsWaitedForWhoWasStoppedByItsUserOrHasNoOwner() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once(out, LONG));
                EncryptedSender stopped = welcomed(receiver.port(), TransferId.random(), OWNER)) {
            stopped.abort(ErrorCode.INTERRUPTED);
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.NETWORK);
        }
        try (RunningReceiver receiver = RunningReceiver.start(once(out, LONG))) {
            welcomed(receiver.port(), TransferId.random(), OwnerId.NONE).reset();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.NETWORK);
        }
    }
}
