package ferry.receive;

import static ferry.receive.TestAccess.ALICE;
import static ferry.receive.TestAccess.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.ConnectionLostException;
import ferry.trust.Identity;
import ferry.trust.JoinKey;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import ferry.wire.Reason;
import ferry.wire.Token;
import ferry.wire.TransferId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A transfer over several streams, and who is not let into one (docs/PROTOCOL.md, section 5.2). */
@Timeout(120)
class ReceiveStreamsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int FRAME = 1 << 20;

    /** Of a frame that breaks off: enough for a piece of it to be written. */
    private static final int PART = 64 * 1024;

    private static final int SIZE = 2 * Chunks.SIZE + 5;

    @TempDir
    private Path out;

    /** How the streams are protected. */
    enum Channel {
        PLAIN,
        ENCRYPTED;

        Optional<Identity> identity() {
            return switch (this) {
                case PLAIN -> Optional.empty();
                case ENCRYPTED -> Optional.of(ALICE);
            };
        }
    }

    /** A first stream that has been welcomed, and the key for others. */
    private record First(EncryptedSender stream, JoinKey key) implements AutoCloseable {
        static First to(int port, Optional<Identity> identity) throws Exception {
            TransferId id = TransferId.random();
            EncryptedSender stream = EncryptedSender.to(port, identity).hello(Features.STREAMS, id, OwnerId.NONE);
            Frame.Welcome welcome = stream.hear(Frame.Welcome.class);
            assertThat(welcome.features()).isEqualTo(Features.STREAMS);
            return new First(stream, new JoinKey(welcome.joinSecret(), id));
        }

        /** Offers a file of zeros, which must be accepted. */
        void offer(long number, String path, int size) throws Exception {
            stream.say(Frame.Offer.of(number, TestDisk.file(path, size))).hear(Frame.Accept.class);
        }

        void end(long number, int size) throws Exception {
            stream.say(new Frame.End(number, size, Crc32c.of(ByteBuffer.allocate(size))));
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    private static void sendChunk(EncryptedSender stream, long number, long chunk, int size) throws Exception {
        int length = Chunks.length(chunk, size);
        for (int from = 0; from < length; from += FRAME) {
            stream.data(number, Chunks.start(chunk) + from, Math.min(FRAME, length - from));
        }
    }

    private ReceptionHost plain() throws TransferException {
        return ReceptionHost.into(out, LONG);
    }

    private RunningReceiver running() throws Exception {
        return RunningReceiver.start(RunningReceiver.request(out), TestAccess::anybody);
    }

    @ParameterizedTest
    @EnumSource
    void takesChunksInAnyOrderOverSeveralStreamsThoughEndOvertakesThem(Channel channel) throws Exception {
        try (RunningReceiver receiver = running();
                First first = First.to(receiver.port(), channel.identity());
                EncryptedSender second =
                        EncryptedSender.to(receiver.port(), channel.identity()).joined(first.key, 1);
                EncryptedSender third =
                        EncryptedSender.to(receiver.port(), channel.identity()).joined(first.key, 15)) {
            first.offer(0, "a", SIZE);
            sendChunk(third, 0, 2, SIZE);
            sendChunk(first.stream, 0, 1, SIZE);
            second.data(0, 0, FRAME);
            first.end(0, SIZE);
            // What is offered behind END is judged, so END was read before the rest of the first chunk.
            first.offer(1, "b", Chunks.SIZE);
            for (int from = FRAME; from < Chunks.SIZE; from += FRAME) {
                second.data(0, from, FRAME);
            }
            sendChunk(third, 1, 0, Chunks.SIZE);
            first.end(1, Chunks.SIZE);
            assertThat(first.stream.finish(2)).isEqualTo(new Frame.Finished(2, 0, (long) SIZE + Chunks.SIZE));
        }
        assertThat(out.resolve("a")).hasBinaryContent(new byte[SIZE]);
        assertThat(out.resolve("b")).hasBinaryContent(new byte[Chunks.SIZE]);
    }

    @Test
    void keepAlivesDoNotKeepAFrameOfAFurtherStreamOpenWhoseRestDoesNotCome() throws Exception {
        Duration silence = Duration.ofSeconds(3);
        try (ReceptionHost host = ReceptionHost.into(out, silence);
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            first.stream.keepAlive(silence.dividedBy(10));
            second.bytes(0x15, 0, 0x2f, 0, 0, 0, 0, 0).keepAlive(silence.dividedBy(10));
            assertThat(second.hearAbort(ErrorCode.TIMEOUT)).contains("for the rest of a frame");
            first.stream.file(0, "a", "content").finish(1);
        }
    }

    @Test
    void givesAJoinSecretToThoseAloneWhoKnowOfStreams() throws Exception {
        try (ReceptionHost host = plain();
                EncryptedSender sender = EncryptedSender.inPlain(host.port()).hello(Features.NONE)) {
            Frame.Welcome welcome = sender.hear(Frame.Welcome.class);
            assertThat(welcome.features()).isEqualTo(Features.NONE);
            assertThat(welcome.joinSecret().isNone()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhoDoesNotKnowTheSecretOrTheTransfer(Channel channel) throws Exception {
        try (RunningReceiver receiver = running();
                First first = First.to(receiver.port(), channel.identity())) {
            List<JoinKey> wrong = new ArrayList<>();
            wrong.add(new JoinKey(Token.random(), first.key.transfer()));
            wrong.add(new JoinKey(Token.NONE, first.key.transfer()));
            for (JoinKey key : wrong) {
                try (EncryptedSender stranger = EncryptedSender.to(receiver.port(), channel.identity())) {
                    stranger.join(key, 1).hearAbort(ErrorCode.JOIN_REFUSED);
                }
            }
            try (EncryptedSender stranger = EncryptedSender.to(receiver.port(), channel.identity())) {
                stranger.preface()
                        .say(new Frame.Join(1, TransferId.random(), 1, Token.random()))
                        .hearAbort(ErrorCode.JOIN_REFUSED);
            }
            first.stream.file(0, "a", "content").finish(1);
        }
    }

    @Test
    void refusesAProofOfAnotherChannelOrStreamOrKey() throws Exception {
        try (RunningReceiver receiver = running();
                First first = First.to(receiver.port(), Optional.of(ALICE));
                EncryptedSender other = EncryptedSender.to(receiver.port(), ALICE)) {
            Token proof = first.key.proof(1, other.channel().binding().joinExporter());
            try (EncryptedSender replayed = EncryptedSender.to(receiver.port(), ALICE)) {
                replayed.preface()
                        .say(new Frame.Join(1, first.key.transfer(), 1, proof))
                        .hearAbort(ErrorCode.JOIN_REFUSED);
            }
            try (EncryptedSender bob = EncryptedSender.to(receiver.port(), BOB)) {
                bob.join(first.key, 1).hearAbort(ErrorCode.JOIN_REFUSED);
            }
            try (EncryptedSender plain = EncryptedSender.inPlain(receiver.port())) {
                plain.preface()
                        .say(new Frame.Join(1, first.key.transfer(), 1, proof))
                        .hearAbort(ErrorCode.JOIN_REFUSED);
            }
            other.preface()
                    .say(new Frame.Join(1, first.key.transfer(), 2, proof))
                    .hearAbort(ErrorCode.JOIN_REFUSED);
            first.stream.file(0, "a", "content").finish(1);
        }
    }

    @Test
    void takesFifteenFurtherStreamsAndNoneTwice() throws Exception {
        List<EncryptedSender> streams = new ArrayList<>();
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty())) {
            for (int number = 1; number <= 15; number++) {
                streams.add(EncryptedSender.inPlain(host.port()).joined(first.key, number));
            }
            try (EncryptedSender again = EncryptedSender.inPlain(host.port())) {
                again.join(first.key, 7).hearAbort(ErrorCode.JOIN_REFUSED);
            }
            try (EncryptedSender more = EncryptedSender.inPlain(host.port())) {
                more.preface()
                        .say(new Frame.Join(1, first.key.transfer(), 0, Token.NONE))
                        .hear(Frame.Abort.class);
            }
            first.stream.file(0, "a", "content").finish(1);
            for (EncryptedSender stream : streams) {
                stream.awaitEnd();
            }
        } finally {
            for (EncryptedSender stream : streams) {
                stream.close();
            }
        }
    }

    @Test
    void refusesWhoComesAfterTheEnd() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty())) {
            first.stream.file(0, "a", "content").finish(1);
            first.stream.awaitEnd();
            try (EncryptedSender late = EncryptedSender.inPlain(host.port())) {
                late.preface()
                        .say(new Frame.Join(1, first.key.transfer(), 1, Token.NONE))
                        .hearAbort(ErrorCode.JOIN_REFUSED);
            }
        }
    }

    @Test
    void aStreamThatIsCutInsideAChunkEndsAlone() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            first.offer(0, "a", SIZE);
            second.data(0, 0, FRAME).reset();
            sendChunk(first.stream, 0, 1, SIZE);
            first.stream.say(new Frame.Failed(0, new Reason(ErrorCode.SUPERSEDED, "its stream broke")));
            first.offer(1, "a", SIZE);
            try (EncryptedSender third = EncryptedSender.inPlain(host.port()).joined(first.key, 2)) {
                sendChunk(third, 1, 0, SIZE);
                third.data(0, FRAME, FRAME);
                sendChunk(third, 1, 1, SIZE);
                sendChunk(first.stream, 1, 2, SIZE);
                first.end(1, SIZE);
                first.stream.hear(Frame.Receipt.class);
                first.stream.finish(2);
            }
        }
        assertThat(out.resolve("a")).hasBinaryContent(new byte[SIZE]);
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatLeavesHasDeliveredAllThatItSent(Channel channel) throws Exception {
        try (RunningReceiver receiver = running();
                First first = First.to(receiver.port(), channel.identity());
                EncryptedSender second =
                        EncryptedSender.to(receiver.port(), channel.identity()).joined(first.key, 1)) {
            first.offer(0, "a", SIZE);
            sendChunk(second, 0, 1, SIZE);
            second.leave();
            second.awaitEnd();
            sendChunk(first.stream, 0, 0, SIZE);
            sendChunk(first.stream, 0, 2, SIZE);
            first.end(0, SIZE);
            first.stream.finish(1);
        }
        assertThat(out.resolve("a")).hasBinaryContent(new byte[SIZE]);
    }

    @Test
    void allStreamsEndWithTheFirstAndBeforeTheDiskIsLetGoOf() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            first.offer(0, "a", SIZE);
            second.data(0, 0, FRAME);
            first.stream.reset();
            second.awaitEnd();
            try (EncryptedSender late = EncryptedSender.inPlain(host.port())) {
                late.preface()
                        .say(new Frame.Join(1, first.key.transfer(), 1, Token.NONE))
                        .hear(Frame.Abort.class);
            }
        }
        assertThat(out.resolve("a")).doesNotExist();
    }

    @Test
    void onAFurtherStreamNothingButContentOfAcceptedFilesIsTaken() throws Exception {
        List<Violation> violations = List.of(
                stream -> stream.say(Frame.Offer.of(1, TestDisk.file("b", 5))),
                stream -> stream.say(new Frame.Done(1)),
                stream -> stream.say(new Frame.End(0, SIZE, 0)),
                stream -> stream.data(1, 0, 5),
                stream -> stream.data(0, SIZE, 5));
        for (Violation violation : violations) {
            try (ReceptionHost host = plain();
                    First first = First.to(host.port(), Optional.empty());
                    EncryptedSender second =
                            EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
                first.offer(0, "a", SIZE);
                violation.commit(second);
                first.stream.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
            }
        }
    }

    /** What breaks the protocol. */
    private interface Violation {
        void commit(EncryptedSender stream) throws Exception;
    }

    @Test
    void refusesAChunkThatHasArrivedOverAnotherStream() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            first.offer(0, "a", SIZE);
            sendChunk(second, 0, 1, SIZE);
            sendChunk(first.stream, 0, 1, SIZE);
            first.stream.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void aFrameThatBreaksOffOverAChunkThatHasArrivedOverwritesNothing() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            first.offer(0, "a", SIZE);
            sendChunk(first.stream, 0, 0, SIZE);
            awaitStaged(Chunks.SIZE, 0);
            second.brokenData(0, 0, FRAME, PART);
            first.stream.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
        assertThat(out.resolve("a")).doesNotExist();
    }

    @Test
    void whatAFrameThatBrokeOffHasOverwrittenDoesNotCountAsArrived() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            first.offer(0, "a", SIZE);
            first.stream.data(0, 0, FRAME);
            awaitStaged(FRAME, 0);
            second.brokenData(0, 0, FRAME, PART);
            awaitStaged(FRAME, 0x55);
            first.stream.data(0, FRAME, FRAME);
            first.stream.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void aChunkOfAFrameThatBrokeOffIsSentAgainAsAWhole() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            first.offer(0, "a", SIZE);
            first.stream.data(0, 0, FRAME);
            awaitStaged(FRAME, 0);
            second.brokenData(0, 0, FRAME, PART);
            awaitStaged(FRAME, 0x55);
            for (int chunk = 0; chunk < Chunks.count(SIZE); chunk++) {
                sendChunk(first.stream, 0, chunk, SIZE);
            }
            first.end(0, SIZE);
            first.stream.hear(Frame.Receipt.class);
            first.stream.finish(1);
        }
        assertThat(out.resolve("a")).hasBinaryContent(new byte[SIZE]);
    }

    /** Waits until the only staged file has so many bytes, and begins with this one. */
    private void awaitStaged(int size, int firstByte) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            try (Stream<Path> staged = Files.walk(out.resolve(".ferry"))) {
                assertThat(staged.filter(path -> begins(path, size, firstByte))).hasSize(1);
            }
        });
    }

    private static boolean begins(Path path, int size, int firstByte) {
        try (InputStream content = Files.newInputStream(path)) {
            return Files.size(path) >= size && content.read() == firstByte;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aFileThatIsToComeInOrderComesOverTheFirstStreamAlone() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            first.stream.say(Frame.Offer.of(0, TestDisk.fileOfUnknownSize("a"))).hear(Frame.AcceptInOrder.class);
            second.data(0, 0, FRAME);
            first.stream.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
        }
    }

    @Test
    void aFrameThatWasGarbledOnTheWayCostsItsStreamAlone() throws Exception {
        try (ReceptionHost host = plain();
                First first = First.to(host.port(), Optional.empty());
                EncryptedSender second = EncryptedSender.inPlain(host.port()).joined(first.key, 1)) {
            second.bytes(0x1d, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4);
            second.hearAbort(ErrorCode.CORRUPT_FRAME);
            first.stream.file(0, "a", "content").finish(1);
        }
    }

    @Test
    void endsAStreamThatTakesTooLongToJoin() throws Exception {
        try (SessionHost host = SessionHost.into(out)
                        .patient(new ReceiveSession.Patience(Duration.ofSeconds(3), Duration.ofSeconds(1), LONG));
                ScriptedFerrySender first = host.connect()) {
            TransferId id = TransferId.random();
            first.preface()
                    .say(new Frame.Hello(1, 1, Features.STREAMS, id, OwnerId.NONE, Duration.ofSeconds(30), "test"));
            first.hear(Frame.Welcome.class);
            try (ScriptedFerrySender slow = host.connect()) {
                slow.preface().say(new Frame.Join(1, id, 1, Token.NONE));
                slow.hear(Frame.Challenge.class);
                assertThatThrownBy(slow::hearAny).isInstanceOf(ConnectionLostException.class);
                assertThat(slow.status()).isEmpty();
            }
            first.finish(0);
        }
    }
}
