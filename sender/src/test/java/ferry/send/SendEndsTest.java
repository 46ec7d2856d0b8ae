package ferry.send;

import static ferry.send.SessionRun.directory;
import static ferry.send.SessionRun.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions end that do not end well, at each place where they can. */
@Timeout(30)
class SendEndsTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path dir;

    private SourceEntry small;
    private SourceEntry large;

    @BeforeEach
    void write() throws Exception {
        small = file(Files.writeString(dir.resolve("small"), "small"));
        large = file(Files.write(dir.resolve("large"), new byte[50 << 20]));
    }

    /** How far the session has come. */
    enum Place {
        SILENT("WELCOME"),
        GREETED("WELCOME"),
        WELCOMED("the receiver's next answer"),
        SENDING("the receiver's next answer"),
        DONE("FINISHED");

        private final String awaited;

        Place(String awaited) {
            this.awaited = awaited;
        }
    }

    private void reach(Place place, SessionRun run) throws Exception {
        ScriptedFerryReceiver receiver = run.receiver();
        switch (place) {
            case SILENT -> run.finds(small, large);
            case GREETED -> {
                run.finds(small, large);
                receiver.greeted();
                receiver.await(Frame.End.class);
            }
            case WELCOMED -> {
                run.finds(small, large);
                receiver.welcoming().await(Frame.End.class);
            }
            case SENDING -> {
                run.finds(large);
                receiver.welcoming().hear(Frame.Offer.class);
                receiver.say(new Frame.Accept(0)).hear(Frame.Data.class);
            }
            case DONE -> {
                run.findsOnly(small);
                receiver.welcoming().await(Frame.Done.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENT", "SENDING", "DONE"})
    void endsSoonWhenItIsCancelledThoughTheReceiverSaysNothing(Place place) throws Exception {
        try (SessionRun run = SessionRun.start()) {
            reach(place, run);
            long begin = System.nanoTime();
            run.cancel();
            run.failure(ErrorCode.INTERRUPTED);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
            assertThat(run.events().of(TransferEvent.Failed.class)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GREETED", "WELCOMED", "DONE"})
    void tellsTheReceiverThatItIsCancelled(Place place) throws Exception {
        try (SessionRun run = SessionRun.start()) {
            reach(place, run);
            run.cancel();
            run.receiver().awaitAbort(ErrorCode.INTERRUPTED);
            run.receiver().close();
            run.failure(ErrorCode.INTERRUPTED);
        }
    }

    /** A chunk may take longer than a receiver should wait to hear of it. */
    @Test
    void tellsTheReceiverThatItIsCancelledInTheMiddleOfAChunk() throws Exception {
        try (SessionRun run = SessionRun.limited(1_000_000)) {
            reach(Place.SENDING, run);
            run.cancel();
            run.receiver().awaitAbort(ErrorCode.INTERRUPTED);
            run.receiver().close();
            run.failure(ErrorCode.INTERRUPTED);
        }
    }

    @Test
    void endsSoonWhenItIsCancelledThoughStandardInputGivesNothing() throws Exception {
        Pipe pipe = Pipe.open();
        SourceEntry input = new SourceEntry.StandardInput(
                new Entry.File(RelativePath.parse("stdin"), OptionalLong.empty(), Attributes.NONE), pipe::source);
        try (Pipe.SinkChannel typed = pipe.sink();
                SessionRun run = SessionRun.start().findsOnly(input)) {
            run.receiver().welcoming().hear(Frame.Offer.class);
            run.receiver().say(new Frame.AcceptInOrder(0));
            typed.write(UTF_8.encode("x"));
            run.receiver().hear(Frame.Data.class);
            run.cancel();
            run.failure(ErrorCode.INTERRUPTED);
            assertThat(run.events().of(TransferEvent.Failed.class)).isEmpty();
        }
    }

    @Test
    void endsForGoodWhenTheConnectionBreaksAfterStandardInputWasRead() throws Exception {
        Pipe pipe = Pipe.open();
        SourceEntry input = new SourceEntry.StandardInput(
                new Entry.File(RelativePath.parse("stdin"), OptionalLong.empty(), Attributes.NONE), pipe::source);
        try (Pipe.SinkChannel typed = pipe.sink();
                SessionRun run = SessionRun.start().findsOnly(input)) {
            run.receiver().welcoming().hear(Frame.Offer.class);
            run.receiver().say(new Frame.AcceptInOrder(0));
            typed.write(UTF_8.encode("x"));
            run.receiver().hear(Frame.Data.class);
            run.receiver().reset();
            assertThatThrownBy(run::ending).cause().isInstanceOfSatisfying(TransferException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_LOST);
                assertThat(e.why()).endsWith("; what comes from standard input cannot be sent again");
            });
        }
    }

    @Test
    void offersStandardInputAgainThatWasNotRead() throws Exception {
        SourceEntry input = SourceEntry.StandardInput.named(RelativePath.parse("stdin"));
        try (SessionRun run = SessionRun.start().findsOnly(input)) {
            run.receiver().welcoming().hear(Frame.Offer.class);
            run.receiver().reset();
            assertThat(run.ending()).isInstanceOf(TransferSession.Ending.Broken.class);
            assertThat(run.putBack()).containsExactly(input);
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesWhatItWaitedForWhenTheReceiverIsSilent(Place place) throws Exception {
        try (SessionRun run = SessionRun.start(SHORT)) {
            reach(place, run);
            TransferException failure;
            if (place == Place.SILENT || place == Place.GREETED) {
                assertThat(run.ending())
                        .isInstanceOfSatisfying(
                                TransferSession.Ending.Broken.class,
                                ending -> assertThat(ending.cause().code()).isEqualTo(ErrorCode.TIMEOUT));
                failure = ((TransferSession.Ending.Broken) run.ending()).cause();
            } else {
                failure = run.failure(ErrorCode.TIMEOUT);
            }
            assertThat(failure.why()).contains(place.awaited);
        }
    }

    /** As when bytes of a receipt were lost on the way. */
    @ParameterizedTest
    @EnumSource(names = {"WELCOMED", "SENDING", "DONE"})
    void keepAlivesDoNotKeepAFrameOpenWhoseRestDoesNotCome(Place place) throws Exception {
        try (SessionRun run = SessionRun.start(Duration.ofSeconds(1))) {
            reach(place, run);
            run.receiver().raw((byte) 0x19, (byte) 0, (byte) 0x0f, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
            run.receiver().keepAlive(Duration.ofMillis(100));
            assertThat(run.failure(ErrorCode.TIMEOUT))
                    .hasMessageContaining("waited 1 s for the rest of a frame from the receiver");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BUSY", "SHUTTING_DOWN"})
    void givesBackWhatARefusalLeavesUnanswered(ErrorCode code) throws Exception {
        try (SessionRun run = SessionRun.start().finds(small, large, directory("d"))) {
            run.receiver().greeted();
            run.receiver().await(Frame.End.class);
            run.receiver().abort(code);
            assertThat(run.ending())
                    .isInstanceOfSatisfying(
                            TransferSession.Ending.Broken.class,
                            ending -> assertThat(ending.cause().code()).isEqualTo(code));
            assertThat(run.putBack()).containsExactly(small, large, directory("d"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset", "leave"})
    void givesBackWhatABrokenConnectionLeavesUnanswered(String how) throws Exception {
        try (SessionRun run = SessionRun.start().finds(small, large)) {
            run.receiver().greeted();
            run.receiver().await(Frame.End.class);
            if (how.equals("reset")) {
                run.receiver().reset();
            } else {
                run.receiver().leave();
            }
            assertThat(run.ending())
                    .isInstanceOfSatisfying(
                            TransferSession.Ending.Broken.class,
                            ending -> assertThat(ending.cause().code()).isEqualTo(ErrorCode.CONNECTION_LOST));
            assertThat(run.putBack()).containsExactly(small, large);
        }
    }

    @Test
    void doesNotBeginAnewWhenTheReceiverRefusesForGood() throws Exception {
        try (SessionRun run = SessionRun.start().finds(small)) {
            run.receiver().greeted();
            run.receiver().abort(ErrorCode.TOO_NEW);
            assertThat(run.failure(ErrorCode.TOO_NEW)).hasMessage("receiver: as the test wants it");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WELCOMED", "SENDING", "DONE"})
    void losesTheTransferWhenTheConnectionBreaks(Place place) throws Exception {
        try (SessionRun run = SessionRun.start()) {
            reach(place, run);
            run.receiver().reset();
            run.failure(ErrorCode.CONNECTION_LOST);
        }
        try (SessionRun run = SessionRun.start()) {
            reach(place, run);
            run.receiver().close();
            run.failure(ErrorCode.CONNECTION_LOST);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WELCOMED", "SENDING", "DONE"})
    void saysWhyTheReceiverAborted(Place place) throws Exception {
        try (SessionRun run = SessionRun.start()) {
            reach(place, run);
            run.receiver().abort(ErrorCode.NO_SPACE);
            assertThat(run.failure(ErrorCode.NO_SPACE)).hasMessage("receiver: as the test wants it");
        }
        try (SessionRun run = SessionRun.start()) {
            reach(place, run);
            run.receiver().abort(ErrorCode.TERMINATED);
            run.failure(ErrorCode.PEER_STOPPED);
        }
        try (SessionRun run = SessionRun.start()) {
            reach(place, run);
            run.receiver().abort(ErrorCode.USAGE);
            run.failure(ErrorCode.PROTOCOL_VIOLATION);
        }
        try (SessionRun run = SessionRun.start()) {
            reach(place, run);
            run.receiver().abort(ErrorCode.TRUNCATED);
            run.failure(ErrorCode.CONNECTION_LOST);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok", "HTTP/1.1 400 Bad Request\r\n\r\n", "error: no such name\n", "\n"})
    void noticesAPeerThatIsNoFerryReceiver(String answer) throws Exception {
        try (SessionRun run = SessionRun.start().finds(small)) {
            run.receiver().raw(answer.getBytes(UTF_8));
            TransferException failure = run.failure(ErrorCode.NOT_FERRY);
            assertThat(failure.hints()).anyMatch(hint -> hint.contains("send --classic"));
        }
    }
}
