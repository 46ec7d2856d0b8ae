package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.fileOfUnknownSize;
import static ferry.receive.TestDisk.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.wire.Frame;
import ferry.wire.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a sender may ask of a receiver whose disk stands still, and what it may not. */
@Timeout(60)
class ReceiveBoundsTest {
    private static final int CREDIT = ReceiveSession.CREDIT;

    @TempDir
    Path out;

    private ReceiveFolder folder;
    private GatedInbox inbox;
    private SessionHost host;

    @BeforeEach
    void open() throws Exception {
        folder = ReceiveFolder.open(
                out,
                new StorageOptions(
                        ConflictPolicy.OVERWRITE, SyncPolicy.NO_FSYNC, OptionalLong.empty(), OptionalLong.empty()));
        inbox = new GatedInbox(folder.open());
        host = SessionHost.with(_ -> inbox);
    }

    @AfterEach
    void close() throws Exception {
        inbox.open();
        host.close();
        assertThat(SessionHost.inStaging(out)).isEmpty();
        folder.close();
    }

    private static void offerFiles(ScriptedFerrySender sender, int first, int count) throws Exception {
        Frame[] offers = new Frame[count];
        for (int i = 0; i < count; i++) {
            offers[i] = Frame.Offer.of(first + i, file("f" + (first + i), 5));
        }
        sender.say(offers);
    }

    /** Else placing the file would create the directory, which then seemed to have been there. */
    @Test
    void beginsNoFileBeforeTheDirectoriesThatWereOfferedBeforeIt() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, directory("d", 0755)).offer(1, file("d/f", 5)).offer(2, file("d/g", 5));
            await().during(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> inbox.held() == 1);
            inbox.open();
            sender.hear(Frame.Stored.class);
            sender.hear(Frame.Accept.class);
            sender.hear(Frame.Accept.class);
        }
    }

    @Test
    void takesAsManyEntriesAsItsCreditSaysAndNoMore() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            offerFiles(sender, 0, CREDIT);
            offerFiles(sender, CREDIT, 1);
            sender.hearAbort(ErrorCode.CREDIT_EXCEEDED);
            inbox.open();
            assertThat(sender.leave().status()).contains(ErrorCode.CREDIT_EXCEEDED.exitStatus());
        }
    }

    @Test
    void givesCreditBackWhenTheSenderEndsAnEntryThoughTheDiskStandsStill() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            offerFiles(sender, 0, CREDIT);
            for (int i = 0; i < CREDIT; i += 2) {
                sender.say(new Frame.Failed(i, new Reason(ErrorCode.SOURCE_CHANGED, "")));
            }
            offerFiles(sender, CREDIT, CREDIT / 2);
            inbox.open();
            for (int i = 1; i < CREDIT + CREDIT / 2; i += i < CREDIT - 1 ? 2 : 1) {
                sender.say(new Frame.Failed(i, new Reason(ErrorCode.SOURCE_CHANGED, "")));
            }
            sender.done(CREDIT + CREDIT / 2);
            sender.hearFinished(ErrorCode.SOURCE_CHANGED.exitStatus());
        }
    }

    @Test
    void countsAnEntryOnceThatBothSidesEnd() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            inbox.open();
            for (int i = 0; i < 100; i++) {
                sender.eager(i, "f" + i, "x");
                sender.hearReceipt();
                sender.fail(i, ErrorCode.SOURCE_CHANGED);
            }
            offerFiles(sender, 100, CREDIT + 1);
            sender.hearAbort(ErrorCode.CREDIT_EXCEEDED);
            assertThat(sender.leave().status()).contains(ErrorCode.CREDIT_EXCEEDED.exitStatus());
        }
    }

    @Test
    void stopsReadingWhenTheDiskIsBehindWithWhatTheSenderHasEnded() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            int count = 100_000;
            int batch = 100;
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < count; i += batch) {
                        Frame[] frames = new Frame[2 * batch];
                        for (int k = 0; k < batch; k++) {
                            frames[2 * k] = Frame.Offer.of(i + k, file("f", 5));
                            frames[2 * k + 1] = new Frame.Failed(i + k, new Reason(ErrorCode.SUPERSEDED, ""));
                        }
                        sender.say(frames);
                    }
                    sender.done(count);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().during(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !flood.isDone());
            inbox.open();
            sender.hearFinished(ExitStatus.DONE);
            flood.join();
        }
    }

    @Test
    void stopsReadingASenderThatWithdrawsItsFilesAndReadsNoAnswers() throws Exception {
        inbox.open();
        Files.createDirectory(out.resolve("d"));
        try (ScriptedFerrySender sender = host.welcome()) {
            int batch = 500;
            int count = 400 * batch;
            AtomicInteger offered = new AtomicInteger();
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> {
                try {
                    for (int first = 0; first < count; first += batch) {
                        Frame[] frames = new Frame[2 * batch];
                        for (int i = 0; i < batch; i++) {
                            // The answer says that a directory is there.
                            frames[2 * i] = Frame.Offer.of(first + i, file("d", 5));
                            frames[2 * i + 1] = new Frame.Failed(first + i, new Reason(ErrorCode.SUPERSEDED, ""));
                        }
                        sender.say(frames);
                        offered.addAndGet(batch);
                    }
                    sender.done(count);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            AtomicInteger before = new AtomicInteger(-1);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> offered.get() == before.getAndSet(offered.get()));
            assertThat(offered).as("offers taken without an answer read").hasValueLessThan(count);
            sender.hearFinished(ErrorCode.KIND_CONFLICT.exitStatus());
            flood.join();
        }
    }

    @Test
    void holdsNoMoreBytesThanTheWindowForAStandingDisk() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            int files = 800;
            for (int i = 0; i < 4; i++) {
                sender.offer(i, file("f" + i, 65_536)).data(i, 0, new byte[32_768]);
            }
            await().until(() -> host.lentBytes() > 0);
            CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 4; i < files; i++) {
                        sender.offer(i, file("f" + i, 65_536)).data(i, 0, new byte[65_536]);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            // Buffers of 64 KiB, of which the first ones are half full.
            long most = 4 * 1024 * 1024 + 4 * 32_768;
            await().during(Duration.ofMillis(200)).until(() -> host.lentBytes() <= most && !rest.isDone());
            inbox.open();
            rest.join();
            sender.reset();
            assertThat(sender.status()).contains(ErrorCode.CONNECTION_LOST.exitStatus());
        }
    }

    @Test
    void refusesContentBeforeTheVerdictThatAllowsIt() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, fileOfUnknownSize("f")).data(0, 0, new byte[5]);
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void refusesAnEndBeforeTheVerdictThatAllowsIt() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("f", 65_537)).end(0, new byte[65_537]);
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void refusesASecondEndBeforeTheDiskHasSeenTheFirst() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, file("f", 0)).end(0, new byte[0]).end(0, new byte[0]);
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void settlesMoreDirectoriesAndLinksThanItsCredit() throws Exception {
        inbox.open();
        int count = CREDIT + 500;
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.offer(0, directory("d", 0755));
            int inFlight = 1;
            for (int i = 1; i < count; i++) {
                sender.offer(i, i % 50 == 0 ? directory("d/" + i, 0700) : link("d/" + i, "target"));
                inFlight++;
                while (inFlight > CREDIT - 100) {
                    sender.hear(Frame.Stored.class);
                    inFlight--;
                }
            }
            sender.done(count);
            assertThat(sender.hearFinished(ExitStatus.DONE).receipts()).isEqualTo(count);
        }
        assertThat(Files.isSymbolicLink(out.resolve("d/7"))).isTrue();
    }
}
