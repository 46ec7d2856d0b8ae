package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static ferry.send.ScriptedFerryReceiver.receiptOfDirectory;
import static ferry.send.SessionRun.directory;
import static ferry.send.SessionRun.file;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a receiver may do to a sender: lie, ask for what is not its due, flood, keep silent. Whatever it does, the sender ends soon
 * and with a reason, and no file counts as sent that was not. What the sender says of it is escaped by the console
 * ({@code ConsoleTest}).
 */
@Timeout(30)
class HostileReceiverTest {
    /** How long the sender bears silence here. */
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    private static Path dir;

    private static Path small;
    private static Path large;

    @BeforeAll
    static void makeFiles() throws Exception {
        small = Files.writeString(dir.resolve("small"), Lie.SMALL);
        large = dir.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(Lie.LARGE);
        }
    }

    private static SourceEntry[] sources() throws Exception {
        return new SourceEntry[] {file(small), directory("d"), file(large)};
    }

    static Stream<Arguments> lies() {
        return Stream.of(Transport.values())
                .flatMap(transport -> Lie.ALL.stream().map(lie -> Arguments.of(transport, lie)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("lies")
    void isToldWhyWhenItLies(Transport transport, Lie lie) throws Exception {
        try (SessionRun run = SessionRun.start(transport).finds(sources())) {
            lie.script().play(run.receiver());
            run.receiver().awaitAbort(lie.code());
            run.receiver().close();
            run.failure(lie.code());
            assertThat(run.events().of(TransferEvent.Completed.class)).hasSize(lie.receipts());
        }
    }

    /** Without it, all others could fail for a reason that has nothing to do with the lie. */
    @ParameterizedTest
    @EnumSource
    void isBelievedWhenItTellsTheTruth(Transport transport) throws Exception {
        try (SessionRun run = SessionRun.start(transport).findsOnly(sources())) {
            ScriptedFerryReceiver receiver = run.receiver().welcoming();
            Frame.End first = receiver.await(Frame.End.class);
            receiver.await(Frame.Offer.class);
            receiver.await(Frame.Offer.class);
            receiver.say(new Frame.Accept(0), new Frame.Stored(1), new Frame.Compare(2, ChunkSet.all(3)));
            Frame.End last = receiver.await(Frame.End.class);
            receiver.say(new Frame.Same(2, 0), new Frame.Send(2, 1), new Frame.Same(2, 2), new Frame.Send(2, 0));
            receiver.say(receipt(first), receipt(last));
            receiver.await(Frame.Done.class);
            receiver.say(receiptOfDirectory(1), new Frame.Finished(3, 0, 0));
            run.assertComplete();
            assertThat(run.events().of(TransferEvent.Completed.class)).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isGivenUpWhenItSaysNothing(Transport transport) throws Exception {
        try (SessionRun run = SessionRun.start(transport, SHORT).finds(sources())) {
            assertUnanswered(run, "WELCOME");
        }
        try (SessionRun run = SessionRun.start(transport, SHORT).finds(sources())) {
            run.receiver().welcoming();
            assertThat(run.failure(ErrorCode.TIMEOUT).why()).contains("the receiver's next answer");
        }
    }

    @ParameterizedTest
    @EnumSource
    void isGivenUpWhenItStopsReading(Transport transport) throws Exception {
        try (SessionRun run = SessionRun.start(transport, SHORT).finds(sources())) {
            run.receiver().welcoming().await(Frame.End.class);
            run.receiver().say(new Frame.Accept(2)).hear(Frame.Offer.class);
            run.failure(ErrorCode.TIMEOUT);
            assertThat(run.events().of(TransferEvent.Completed.class)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isGivenUpWhenItKeepsAliveInsteadOfWelcoming(Transport transport) throws Exception {
        try (SessionRun run = SessionRun.start(transport, SHORT).finds(sources())) {
            ScriptedFerryReceiver receiver = run.receiver();
            receiver.greeted();
            Thread.ofVirtual().start(() -> keepAlive(receiver));
            assertUnanswered(run, "in all for WELCOME");
        }
    }

    private static void keepAlive(ScriptedFerryReceiver receiver) {
        try {
            do {
                receiver.say(new Frame.KeepAlive());
            } while (!new CountDownLatch(1).await(SHORT.toMillis() / 10, TimeUnit.MILLISECONDS));
        } catch (IOException | InterruptedException e) {
            // The sender has gone.
        }
    }

    private static void assertUnanswered(SessionRun run, String waitedFor) throws Exception {
        assertThat(run.ending()).isInstanceOfSatisfying(TransferSession.Ending.Broken.class, ending -> {
            TransferException cause = ending.cause();
            assertThat(cause.code()).isEqualTo(ErrorCode.TIMEOUT);
            assertThat(cause.why()).contains(waitedFor);
        });
        assertThat(run.events().of(TransferEvent.Completed.class)).isEmpty();
    }
}
