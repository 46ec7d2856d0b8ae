package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Chunks;
import ferry.entry.Coverage;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session with several streams against scripted receivers. */
@Timeout(120)
class SendStreamsTest {
    private static final int SIZE = 5 * Chunks.SIZE + 7;

    @TempDir
    private Path dir;

    private Path large() throws IOException {
        byte[] content = new byte[SIZE];
        new Random(1).nextBytes(content);
        return Files.write(dir.resolve("large"), content);
    }

    /** What has come over all streams; thread-safe. */
    private static final class Arrived {
        private final Coverage coverage = Coverage.ofSize(SIZE);

        synchronized void add(Frame.Data data) throws TransferException {
            coverage.add(data.offset(), data.length(), data.crc());
        }

        synchronized boolean isWhole() {
            return coverage.isWhole(SIZE);
        }

        synchronized int crc() {
            return coverage.crc(SIZE);
        }
    }

    /** Takes what comes over a further stream, until it ends. */
    private static CompletableFuture<Integer> take(ScriptedFerryReceiver stream, Arrived arrived) {
        CompletableFuture<Integer> frames = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            int count = 0;
            try {
                while (true) {
                    Frame frame = stream.hearAny();
                    assertThat(frame).isInstanceOf(Frame.Data.class);
                    arrived.add((Frame.Data) frame);
                    count++;
                }
            } catch (IOException e) {
                frames.complete(count);
            } catch (Exception | AssertionError e) {
                frames.completeExceptionally(e);
            }
        });
        return frames;
    }

    @Test
    void sendsChunksOverEveryStreamAndEndOverTheFirst() throws Exception {
        try (SessionRun run = SessionRun.streaming(3).findsOnly(SessionRun.file(large()))) {
            Arrived arrived = new Arrived();
            ScriptedFerryReceiver first = run.receiver().welcomingStreams();
            first.hear(Frame.Offer.class);
            ScriptedFerryReceiver one = run.further();
            ScriptedFerryReceiver two = run.further();
            one.joined();
            two.joined();
            first.say(new Frame.Accept(0));
            // Nobody reads the first stream yet, and it cannot take the whole file unread.
            arrived.add(one.hear(Frame.Data.class));
            arrived.add(two.hear(Frame.Data.class));
            CompletableFuture<Integer> overOne = take(one, arrived);
            CompletableFuture<Integer> overTwo = take(two, arrived);
            Frame frame = first.hearAny();
            while (frame instanceof Frame.Data data) {
                arrived.add(data);
                frame = first.hearAny();
            }
            Frame.End end = (Frame.End) frame;
            first.hear(Frame.Done.class);
            while (!arrived.isWhole()) {
                assertThat(overOne.isCompletedExceptionally() || overTwo.isCompletedExceptionally())
                        .isFalse();
                Thread.onSpinWait();
            }
            assertThat(end).isEqualTo(new Frame.End(0, SIZE, arrived.crc()));
            first.say(receipt(end), new Frame.Finished(1, 0, SIZE));
            run.assertComplete();
            assertThat(overOne.get(60, TimeUnit.SECONDS)).isNotNegative();
            assertThat(overTwo.get(60, TimeUnit.SECONDS)).isNotNegative();
            assertThat(run.events().of(TransferEvent.Streams.class))
                    .first()
                    .extracting(TransferEvent.Streams::count)
                    .isEqualTo(3);
        }
    }

    @Test
    void connectsFurtherStreamsBeforeItIsWelcome() throws Exception {
        try (SessionRun run = SessionRun.streaming(2).findsOnly(SessionRun.file(large()))) {
            ScriptedFerryReceiver second = run.further();
            ScriptedFerryReceiver first = run.receiver().welcomingStreams();
            first.hear(Frame.Offer.class);
            second.joined();
            first.say(new Frame.Accept(0));
            second.hear(Frame.Data.class);
            run.cancel();
            assertThatThrownBy(run::ending).isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void goesOnOverOneStreamIfTheReceiverTakesNoOther() throws Exception {
        try (SessionRun run = SessionRun.streaming(2).findsOnly(SessionRun.file(large()))) {
            ScriptedFerryReceiver first = run.receiver().welcomingStreams();
            first.hear(Frame.Offer.class);
            try (ScriptedFerryReceiver refused = run.further()) {
                refused.refuse();
            }
            first.say(new Frame.Accept(0));
            Frame.End end = first.await(Frame.End.class);
            first.hear(Frame.Done.class);
            first.say(receipt(end), new Frame.Finished(1, 0, SIZE));
            run.assertComplete();
        }
    }

    @Test
    void goesOnOverOneStreamIfTheReceiverKnowsOfNoOthers() throws Exception {
        try (SessionRun run = SessionRun.streaming(2).findsOnly(SessionRun.file(large()))) {
            ScriptedFerryReceiver second = run.further();
            ScriptedFerryReceiver first = run.receiver();
            first.greeted();
            first.say(ScriptedFerryReceiver.welcome(1024, 0, Duration.ofSeconds(30)));
            second.leftUnused();
            first.hear(Frame.Offer.class);
            first.say(new Frame.Accept(0));
            Frame.End end = first.await(Frame.End.class);
            first.hear(Frame.Done.class);
            first.say(receipt(end), new Frame.Finished(1, 0, SIZE));
            run.assertComplete();
        }
    }

    @Test
    void saysThatAFurtherStreamIsAliveWhileItsContentWaits() throws Exception {
        // Each stream may send a piece of 512 bytes in a second.
        try (SessionRun run = SessionRun.streaming(2, 1_000).finds(SessionRun.file(large()))) {
            ScriptedFerryReceiver first = run.receiver().welcomingStreams(Duration.ofSeconds(1));
            first.hear(Frame.Offer.class);
            ScriptedFerryReceiver second = run.further();
            second.joined();
            first.say(new Frame.Accept(0));
            second.hear(Frame.Data.class);
            assertThat(second.hearEvenKeepAlive()).isEqualTo(new Frame.KeepAlive());
            second.hear(Frame.Data.class);
            run.cancel();
            assertThatThrownBy(run::ending).isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void aUserWhoStopsItDoesNotWaitForAStreamThatIsAboutToJoin() throws Exception {
        try (SessionRun run = SessionRun.streaming(2).finds(SessionRun.file(large()))) {
            ScriptedFerryReceiver first = run.receiver().welcomingStreams();
            first.hear(Frame.Offer.class);
            // It is never answered.
            try (ScriptedFerryReceiver _ = run.further()) {
                run.cancel();
                first.awaitAbort(ErrorCode.INTERRUPTED);
                first.close();
                run.failure(ErrorCode.INTERRUPTED);
            }
        }
    }

    @Test
    void offersAgainWhatWentOverAStreamThatBroke() throws Exception {
        SourceEntry.LocalFile file = SessionRun.file(large());
        try (SessionRun run = SessionRun.streaming(2).finds(file)) {
            ScriptedFerryReceiver first = run.receiver().welcomingStreams();
            first.hear(Frame.Offer.class);
            ScriptedFerryReceiver second = run.further();
            second.joined();
            first.say(new Frame.Accept(0));
            second.hear(Frame.Data.class);
            second.reset();
            Frame.Failed failed = first.await(Frame.Failed.class);
            assertThat(failed.entry()).isZero();
            assertThat(failed.reason().code()).isEqualTo(ErrorCode.SUPERSEDED);
            assertThat(first.hear(Frame.Offer.class).path()).isEqualTo("large");
            run.findsOnly();
            first.say(new Frame.Accept(1));
            Frame.End end = first.await(Frame.End.class);
            assertThat(end.entry()).isEqualTo(1);
            assertThat(end.size()).isEqualTo(SIZE);
            first.await(Frame.Done.class);
            first.say(receipt(end), new Frame.Finished(1, 0, SIZE));
            run.assertComplete();
        }
    }

    @Test
    void comesBackIfAStreamBreaksWhenNothingCanBeOfferedAnyMore() throws Exception {
        try (SessionRun run = SessionRun.streaming(2).findsOnly(SessionRun.file(large()))) {
            Arrived arrived = new Arrived();
            ScriptedFerryReceiver first = run.receiver().welcomingStreams();
            first.hear(Frame.Offer.class);
            ScriptedFerryReceiver second = run.further();
            second.joined();
            first.say(new Frame.Accept(0));
            // So that it has been given something.
            arrived.add(second.hear(Frame.Data.class));
            CompletableFuture<Integer> overSecond = take(second, arrived);
            first.await(Frame.Done.class);
            second.reset();
            run.failure(ErrorCode.CONNECTION_LOST);
            assertThat(overSecond.get(60, TimeUnit.SECONDS)).isNotNegative();
        }
    }

    @Test
    void endsAllStreamsWithTheFirst() throws Exception {
        try (SessionRun run = SessionRun.streaming(2).finds(SessionRun.file(large()))) {
            ScriptedFerryReceiver first = run.receiver().welcomingStreams();
            first.hear(Frame.Offer.class);
            ScriptedFerryReceiver second = run.further();
            second.joined();
            first.reset();
            run.failure(ErrorCode.CONNECTION_LOST);
            assertThatThrownBy(() -> {
                        while (true) {
                            second.hearAny();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void tellsOfASourceThatAnotherStreamCannotRead() throws Exception {
        Path source = large();
        try (SessionRun run = SessionRun.streaming(2).finds(SessionRun.file(source))) {
            ScriptedFerryReceiver first = run.receiver().welcomingStreams();
            first.hear(Frame.Offer.class);
            ScriptedFerryReceiver second = run.further();
            second.joined();
            Files.write(source, new byte[3]);
            first.say(new Frame.Accept(0));
            Frame.Failed failed = first.await(Frame.Failed.class);
            assertThat(failed.reason().code()).isEqualTo(ErrorCode.SUPERSEDED);
            assertThat(first.hear(Frame.Offer.class).size()).hasValue(3);
            run.cancel();
            assertThatThrownBy(run::ending).isInstanceOf(ExecutionException.class);
        }
    }
}
