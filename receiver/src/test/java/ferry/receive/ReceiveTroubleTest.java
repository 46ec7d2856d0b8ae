package ferry.receive;

import static ferry.receive.TestDisk.fileOfUnknownSize;
import static ferry.receive.TestDisk.link;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Full disks, slow and silent senders, and another place to receive into. */
@Timeout(30)
class ReceiveTroubleTest {
    @TempDir
    Path folder;

    @Test
    void failsWhatDoesNotFitOnTheDiskAndTakesTheRest() throws Exception {
        try (TestMount mount = TestMount.tmpfs(folder.resolve("small"), "size=8m");
                SessionHost host = SessionHost.into(mount.path());
                ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, fileOfUnknownSize("large"));
            sender.hear(Frame.AcceptInOrder.class);
            sender.data(0, 0, new byte[12 << 20]);
            sender.hearFailed(ErrorCode.NO_SPACE);
            assertThat(TestDisk.staged(mount.path())).isEmpty();
            sender.end(0, new byte[0]).eager(1, "small", "s").hearReceipt();
            sender.done(2).hearFinished(ExitStatus.PARTIAL);
            assertThat(TestDisk.tree(mount.path())).isEqualTo(Map.of("small", "s"));
        }
    }

    @Test
    void saysThatItIsAliveWithinAThirdOfWhatTheSenderBears() throws Exception {
        try (SessionHost host = SessionHost.into(folder);
                ScriptedFerrySender sender = host.connect().hello(Duration.ofSeconds(1))) {
            sender.hear(Frame.Welcome.class);
            long begin = System.nanoTime();
            for (int i = 0; i < 3; i++) {
                assertThat(sender.hearEvenKeepAlive()).isEqualTo(new Frame.KeepAlive());
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
            sender.finish(0);
        }
    }

    @Test
    void givesUpASenderThatIsSilent() throws Exception {
        try (SessionHost host = SessionHost.into(folder, StorageOptions.DEFAULT, Duration.ofSeconds(1));
                ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, fileOfUnknownSize("f")).hear(Frame.AcceptInOrder.class);
            assertThat(sender.status()).contains(ErrorCode.TIMEOUT.exitStatus());
            assertThat(host.events(TransferEvent.Stopped.class).getFirst().text())
                    .endsWith("waited 1 s for the sender's next frame");
        }
        assertThat(TestDisk.tree(folder)).isEmpty();
    }

    @Test
    void doesNotWaitForASenderThatStaysAfterFinished() throws Exception {
        Duration patience = Duration.ofSeconds(10);
        try (SessionHost host = SessionHost.into(folder)
                        .patient(new ReceiveSession.Patience(patience, patience, Duration.ofMillis(200)));
                ScriptedFerrySender sender = host.welcome()) {
            sender.done(0).hear(Frame.Finished.class);
            sender.say(new Frame.KeepAlive());
            assertThat(sender.status()).contains(ExitStatus.DONE);
        }
    }

    @Test
    void servesOthersWhileOneSenderDoesNotRead() throws Exception {
        StorageOptions unsynced = new StorageOptions(
                ConflictPolicy.FAIL, SyncPolicy.NO_FSYNC, OptionalLong.empty(), OptionalLong.empty());
        try (SessionHost host = SessionHost.into(folder, unsynced, Duration.ofSeconds(20));
                ScriptedFerrySender deaf = host.connect().hello()) {
            int count = 800;
            for (int i = 0; i < count; i++) {
                deaf.offer(i, link("x".repeat(200) + i, "y".repeat(200)));
            }
            deaf.done(count);
            try (ScriptedFerrySender other = host.welcome()) {
                other.eager(0, "other", "o").hearReceipt();
                other.finish(1);
            }
            deaf.reset();
            deaf.status();
        }
        assertThat(folder.resolve("other")).hasContent("o");
    }

    @Test
    void stopsATransferThatIsStoppedBeforeItsInboxIsOpen() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        try (ReceiveFolder opened = ReceiveFolder.open(folder, StorageOptions.DEFAULT);
                SessionHost host = SessionHost.with(_ -> {
                    asked.countDown();
                    awaitUninterrupted(stopped);
                    return opened.open();
                });
                ScriptedFerrySender sender = host.connect().hello()) {
            asked.await();
            sender.session().stop(new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "it is stopping"));
            stopped.countDown();
            sender.hear(Frame.Welcome.class);
            sender.hearAbort(ErrorCode.SHUTTING_DOWN);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private ExitStatus sendTo(FaultyInbox.Fault fault) throws Exception {
        try (ReceiveFolder opened = ReceiveFolder.open(folder, StorageOptions.DEFAULT);
                SessionHost host = SessionHost.with(_ -> new FaultyInbox(opened.open(), fault));
                ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, link("link", "target"));
            for (int i = 1; i < 20; i++) {
                sender.eager(i, "f" + i, "content");
            }
            sender.done(20);
            Frame frame = sender.hearAny();
            while (!(frame instanceof Frame.Finished || frame instanceof Frame.Abort)) {
                frame = sender.hearAny();
            }
            sender.leave();
            return sender.status().orElseThrow();
        }
    }

    @ParameterizedTest
    @CsvSource({"ADMIT, PARTIAL", "DEFER, PARTIAL", "SYNC, PARTIAL", "SETTLE, INTERNAL"})
    void endsATransferInWhichSomethingBreaks(FaultyInbox.Fault fault, ExitStatus status) throws Exception {
        assertThat(sendTo(fault)).isEqualTo(status);
    }

    @Test
    void streamsASingleFileInOrder() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SessionHost host = SessionHost.with(
                        _ -> new StdoutInbox(Channels.newChannel(out), OptionalLong.empty(), OptionalLong.empty()));
                ScriptedFerrySender sender = host.welcome()) {
            sender.eager(0, "first", "one");
            sender.hear(Frame.AcceptInOrder.class);
            assertThat(sender.hear(Frame.Receipt.class).path()).isEmpty();
            sender.eager(1, "second", "two");
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            sender.offer(2, TestDisk.directory("d", 0700));
            assertThat(sender.hear(Frame.Refuse.class).reason().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            sender.done(3).hearFinished(ExitStatus.PARTIAL);
        }
        assertThat(out.toString(UTF_8)).isEqualTo("one");
    }
}
