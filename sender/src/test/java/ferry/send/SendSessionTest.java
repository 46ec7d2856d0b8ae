package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static ferry.send.ScriptedFerryReceiver.receiptOfDirectory;
import static ferry.send.SessionRun.directory;
import static ferry.send.SessionRun.file;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Attributes;
import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import ferry.wire.Limits;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a sender says to a proper receiver, and when. */
@Timeout(30)
class SendSessionTest {
    @TempDir
    Path dir;

    private Path write(String name, int size) throws Exception {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return Files.write(dir.resolve(name), content);
    }

    @Test
    void sendsASmallFileWithoutWaitingForAnybody() throws Exception {
        try (SessionRun run = SessionRun.start().findsOnly(file(write("a", 1000)), directory("d"))) {
            ScriptedFerryReceiver receiver = run.receiver();
            receiver.greeted();
            assertThat(receiver.hear(Frame.Offer.class).path()).isEqualTo("a");
            assertThat(receiver.hear(Frame.Data.class).length()).isEqualTo(1000);
            Frame.End end = receiver.hear(Frame.End.class);
            assertThat(receiver.hear(Frame.Offer.class).entry()).isEqualTo(1);
            assertThat(receiver.hear(Frame.Done.class).entries()).isEqualTo(2);
            receiver.say(ScriptedFerryReceiver.welcome(1024, 0, Duration.ofSeconds(30)));
            receiver.say(receipt(end), new Frame.Stored(1), receiptOfDirectory(1), new Frame.Finished(2, 0, 1000));
            run.assertComplete();
            assertThat(run.events().of(TransferEvent.Completed.class)).hasSize(2);
        }
    }

    @Test
    void keepsToWhatItMaySendBeforeWelcome() throws Exception {
        SourceEntry[] files = new SourceEntry[ScanQueue.CAPACITY];
        for (int i = 0; i < files.length; i++) {
            files[i] = directory("d" + i);
        }
        try (SessionRun run = SessionRun.start().finds(files)) {
            ScriptedFerryReceiver receiver = run.receiver();
            receiver.greeted();
            Thread more = Thread.startVirtualThread(() -> {
                for (int i = 0; i < 3000; i++) {
                    run.finds(files[i % files.length]);
                }
            });
            for (int i = 0; i < Limits.CREDIT_BEFORE_WELCOME; i++) {
                assertThat(receiver.hear(Frame.Offer.class).entry()).isEqualTo(i);
            }
            receiver.say(ScriptedFerryReceiver.welcome(1500, 0, Duration.ofSeconds(1)));
            for (int i = Limits.CREDIT_BEFORE_WELCOME; i < 1500; i++) {
                assertThat(receiver.hear(Frame.Offer.class).entry()).isEqualTo(i);
            }
            assertThat(receiver.hearEvenKeepAlive()).isEqualTo(new Frame.KeepAlive());
            receiver.say(new Frame.Stored(77));
            assertThat(receiver.hear(Frame.Offer.class).entry()).isEqualTo(1500);
            run.cancel();
            receiver.awaitAbort(ErrorCode.INTERRUPTED);
            receiver.close();
            run.failure(ErrorCode.INTERRUPTED);
            more.interrupt();
        }
    }

    @Test
    void offersNoMoreBytesBeforeWelcomeThanItMay() throws Exception {
        List<SourceEntry> entries = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String segment = "x".repeat(250);
            entries.add(directory((segment + "/").repeat(10) + i));
        }
        try (SessionRun run = SessionRun.start().findsOnly(entries.toArray(SourceEntry[]::new))) {
            ScriptedFerryReceiver receiver = run.receiver();
            receiver.greeted();
            long bytes = 0;
            int offers = 0;
            while (receiver.hearEvenKeepAlive() instanceof Frame.Offer offer) {
                bytes += 51 + offer.path().length();
                offers++;
                if (offers == 30) {
                    receiver.say(ScriptedFerryReceiver.welcome(1024, 0, Duration.ofSeconds(30)));
                    break;
                }
            }
            assertThat(bytes).isLessThanOrEqualTo(Limits.OFFER_BYTES_BEFORE_WELCOME);
            for (; offers < 200; offers++) {
                receiver.hear(Frame.Offer.class);
            }
            receiver.hear(Frame.Done.class);
        }
    }

    @Test
    void offersToTheLastByteOfItsCreditAndNoMore() throws Exception {
        int granted = Limits.MIN_CREDIT_BYTES + 10_000;
        SourceEntry[] entries = new SourceEntry[200];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = directory(("x".repeat(250) + "/").repeat(10) + (100 + i));
        }
        long each = Credit.bytesOf(entries[0].entry());
        try (SessionRun run = SessionRun.start().findsOnly(entries)) {
            ScriptedFerryReceiver receiver = run.receiver();
            receiver.greeted();
            receiver.say(ScriptedFerryReceiver.welcome(1024, granted, 0, Duration.ofSeconds(1)));
            for (long inFlight = each; inFlight <= granted; inFlight += each) {
                receiver.hear(Frame.Offer.class);
            }
            assertThat(receiver.hearEvenKeepAlive()).isEqualTo(new Frame.KeepAlive());
            receiver.say(new Frame.Stored(0));
            receiver.hear(Frame.Offer.class);
            assertThat(receiver.hearEvenKeepAlive()).isEqualTo(new Frame.KeepAlive());
            run.cancel();
            receiver.awaitAbort(ErrorCode.INTERRUPTED);
            receiver.close();
            run.failure(ErrorCode.INTERRUPTED);
        }
    }

    @Test
    void sendsOnlySoMuchContentBeforeTheFirstAnswer() throws Exception {
        List<SourceEntry> entries = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            entries.add(file(write("f" + i, Limits.MAX_EAGER_FILE)));
        }
        try (SessionRun run = SessionRun.start().findsOnly(entries.toArray(SourceEntry[]::new))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            long bytes = 0;
            int offers = 0;
            List<Frame.End> ends = new ArrayList<>();
            while (offers < 6 || ends.size() < 4) {
                switch (receiver.hearAny()) {
                    case Frame.Offer _ -> offers++;
                    case Frame.Data data -> bytes += data.length();
                    case Frame.End end -> ends.add(end);
                    case Frame other -> throw new AssertionError(other.describe());
                }
            }
            assertThat(bytes).isEqualTo(Limits.MAX_EAGER_BYTES);
            receiver.say(new Frame.Accept(4), new Frame.Accept(5));
            ends.add(receiver.await(Frame.End.class));
            ends.add(receiver.await(Frame.End.class));
            receiver.hear(Frame.Done.class);
            for (Frame.End end : ends) {
                receiver.say(receipt(end));
            }
            receiver.say(new Frame.Finished(6, 0, bytes));
            run.assertComplete();
        }
    }

    @Test
    void waitsForTheVerdictOfALargeFileAndSendsItInChunksThatItMay() throws Exception {
        int size = Chunks.SIZE + 100_000;
        try (SessionRun run = SessionRun.start().findsOnly(file(write("large", size)))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            assertThat(receiver.hear(Frame.Offer.class).size()).hasValue(size);
            receiver.say(new Frame.Accept(0));
            long offset = 0;
            Frame frame = receiver.hearAny();
            while (frame instanceof Frame.Data data) {
                assertThat(data.offset()).isEqualTo(offset);
                offset += data.length();
                frame = receiver.hearAny();
            }
            assertThat(offset).isEqualTo(size);
            receiver.say(receipt((Frame.End) frame), new Frame.KeepAlive());
            receiver.hear(Frame.Done.class);
            receiver.say(new Frame.Finished(1, 0, size));
            run.assertComplete();
        }
    }

    @Test
    void provesWhatIsComparedAndSendsWhatIsAskedFor() throws Exception {
        int size = 2 * Chunks.SIZE + 5;
        try (SessionRun run = SessionRun.start().findsOnly(file(write("f", size)))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            receiver.hear(Frame.Offer.class);
            receiver.say(new Frame.Compare(0, ChunkSet.of(List.of(new ChunkSet.Range(1, 2)))));
            receiver.hear(Frame.Data.class);
            assertThat(receiver.await(Frame.Proof.class).chunk()).isEqualTo(1);
            assertThat(receiver.hear(Frame.Proof.class).length()).isEqualTo(5);
            Frame.End end = receiver.hear(Frame.End.class);
            receiver.say(new Frame.Same(0, 1), new Frame.Send(0, 2));
            assertThat(receiver.hear(Frame.Data.class).offset()).isEqualTo(2L * Chunks.SIZE);
            receiver.say(new Frame.Send(0, 1));
            assertThat(receiver.hear(Frame.Data.class).offset()).isEqualTo(Chunks.SIZE);
            receiver.say(receipt(end));
            receiver.await(Frame.Done.class);
            receiver.say(new Frame.Finished(1, 0, 0));
            run.assertComplete();
        }
    }

    @Test
    void offersOnWhileALargeFileIsSent() throws Exception {
        try (SessionRun run = SessionRun.start().finds(file(write("large", 20 << 20)))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            receiver.hear(Frame.Offer.class);
            receiver.say(new Frame.Accept(0));
            receiver.hear(Frame.Data.class);
            run.findsOnly(directory("d"));
            assertThat(receiver.await(Frame.Offer.class).entry()).isEqualTo(1);
            Frame.Data later = receiver.await(Frame.Data.class);
            assertThat(later.entry()).isZero();
            receiver.reset();
            run.failure(ErrorCode.CONNECTION_LOST);
        }
    }

    @Test
    void sendsStandardInputInOrderAndStaysAliveWhileItGivesNothing() throws Exception {
        Pipe pipe = Pipe.open();
        SourceEntry input = new SourceEntry.StandardInput(
                new Entry.File(RelativePath.parse("stdin"), OptionalLong.empty(), Attributes.NONE), pipe::source);
        Pipe.SinkChannel typed = pipe.sink();
        try (SessionRun run = SessionRun.start().findsOnly(input)) {
            ScriptedFerryReceiver receiver = run.receiver();
            receiver.greeted();
            receiver.say(ScriptedFerryReceiver.welcome(1024, 0, Duration.ofSeconds(1)));
            assertThat(receiver.hear(Frame.Offer.class).size()).isEmpty();
            receiver.say(new Frame.AcceptInOrder(0));
            long begin = System.nanoTime();
            assertThat(receiver.hearEvenKeepAlive()).isEqualTo(new Frame.KeepAlive());
            assertThat(receiver.hearEvenKeepAlive()).isEqualTo(new Frame.KeepAlive());
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
            for (int i = 0; i < 3; i++) {
                typed.write(ByteBuffer.wrap(new byte[10]));
                assertThat(receiver.hear(Frame.Data.class).offset()).isEqualTo(10L * i);
            }
            typed.close();
            Frame.End end = receiver.hear(Frame.End.class);
            assertThat(end.size()).isEqualTo(30);
            receiver.await(Frame.Done.class);
            receiver.say(receipt(end), new Frame.Finished(1, 0, 30));
            run.assertComplete();
        }
    }

    @Test
    void goesOnAfterEntriesThatTheReceiverRefusesOrFails() throws Exception {
        try (SessionRun run = SessionRun.start()
                .findsOnly(file(write("a", 10)), directory("d"), file(write("large", 100_000)), file(write("b", 1)))) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            Frame.End last = receiver.await(Frame.End.class);
            assertThat(last.entry()).isZero();
            last = receiver.await(Frame.End.class);
            receiver.fail(0, ErrorCode.NO_SPACE).fail(2, ErrorCode.CONFLICT);
            receiver.say(new Frame.Stored(1)).fail(1, ErrorCode.STORAGE_FAILED);
            receiver.say(receipt(last));
            assertThat(receiver.hear(Frame.Done.class).entries()).isEqualTo(4);
            receiver.say(new Frame.Finished(1, 3, 11));
            run.assertComplete();
            assertThat(run.events().of(TransferEvent.Failed.class))
                    .extracting(TransferEvent.Failed::code)
                    .containsExactly(ErrorCode.NO_SPACE, ErrorCode.CONFLICT, ErrorCode.STORAGE_FAILED);
        }
    }
}
