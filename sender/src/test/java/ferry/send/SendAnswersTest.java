package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static ferry.send.ScriptedFerryReceiver.receiptOfDirectory;
import static ferry.send.ScriptedFerryReceiver.welcome;
import static ferry.send.SessionRun.directory;
import static ferry.send.SessionRun.file;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Reason;
import ferry.wire.Token;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a receiver must not answer: the sender ends the transfer, and says why. */
@Timeout(30)
class SendAnswersTest {
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final int LARGE = 3 * Chunks.SIZE;

    interface Script {
        void play(ScriptedFerryReceiver receiver) throws Exception;
    }

    record Lie(String what, ErrorCode code, Script script) {
        static Lie of(String what, Script script) {
            return new Lie(what, ErrorCode.PROTOCOL_VIOLATION, script);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /** The sender offers a small file with its content (0), a directory (1) and a large file (2). */
    private static ScriptedFerryReceiver offered(ScriptedFerryReceiver receiver) throws Exception {
        receiver.welcoming().await(Frame.End.class);
        receiver.await(Frame.Offer.class);
        receiver.await(Frame.Offer.class);
        return receiver;
    }

    private static Frame.End small(ScriptedFerryReceiver receiver) throws Exception {
        return receiver.welcoming().await(Frame.End.class);
    }

    private static ScriptedFerryReceiver compared(ScriptedFerryReceiver receiver) throws Exception {
        offered(receiver).say(new Frame.Compare(2, ChunkSet.all(3)));
        receiver.await(Frame.End.class);
        return receiver;
    }

    static final List<Lie> LIES = List.of(
            Lie.of("a verdict before WELCOME", receiver -> {
                receiver.greeted();
                receiver.say(new Frame.KeepAlive(), new Frame.Accept(0));
            }),
            Lie.of("WELCOME twice", receiver -> receiver.welcoming().say(welcome(1024, 0, SILENCE))),
            Lie.of("a feature that was not offered", receiver -> {
                receiver.greeted();
                receiver.say(welcome(1024, Features.STREAMS, SILENCE));
            }),
            Lie.of("too little credit", receiver -> {
                receiver.greeted();
                receiver.say(welcome(1023, 0, SILENCE));
            }),
            Lie.of("CODE_PROOF", receiver -> receiver.welcoming().say(new Frame.CodeProof(Token.NONE))),
            Lie.of("CHALLENGE", receiver -> receiver.welcoming().say(new Frame.Challenge(Token.NONE))),
            Lie.of("a frame of the sender's", receiver -> receiver.welcoming().say(new Frame.Done(0))),
            Lie.of("ACCEPT never offered", receiver -> offered(receiver).say(new Frame.Accept(3))),
            Lie.of("COMPARE never offered", receiver -> offered(receiver).say(new Frame.Compare(3, ChunkSet.all(1)))),
            Lie.of(
                    "a refusal never offered",
                    receiver -> offered(receiver).say(new Frame.Refuse(3, new Reason(ErrorCode.NO_SPACE, "")))),
            Lie.of("FAILED never offered", receiver -> offered(receiver).fail(3, ErrorCode.NO_SPACE)),
            Lie.of(
                    "FAILED with an entry number that no sender reaches",
                    receiver -> offered(receiver).fail(Long.MAX_VALUE, ErrorCode.NO_SPACE)),
            Lie.of("RECEIPT never offered", receiver -> offered(receiver).say(receipt(3, 0, 0))),
            Lie.of("STORED never offered", receiver -> offered(receiver).say(new Frame.Stored(3))),
            Lie.of("SAME never offered", receiver -> offered(receiver).say(new Frame.Same(3, 0))),
            Lie.of("STORED for a file", receiver -> offered(receiver).say(new Frame.Stored(0))),
            Lie.of("STORED twice", receiver -> offered(receiver).say(new Frame.Stored(1), new Frame.Stored(1))),
            Lie.of(
                    "HAVE for what was never proved",
                    receiver -> offered(receiver).say(new Frame.Have(2))),
            Lie.of("COMPARE of a small file", receiver -> offered(receiver).say(new Frame.Compare(0, ChunkSet.all(1)))),
            Lie.of(
                    "COMPARE of chunks beyond the file",
                    receiver -> offered(receiver).say(new Frame.Compare(2, ChunkSet.all(4)))),
            Lie.of(
                    "COMPARE after ACCEPT",
                    receiver -> offered(receiver).say(new Frame.Accept(2), new Frame.Compare(2, ChunkSet.all(3)))),
            Lie.of("COMPARE of a directory", receiver -> offered(receiver).say(new Frame.Compare(1, ChunkSet.all(1)))),
            Lie.of(
                    "SAME without a proof",
                    receiver -> offered(receiver).say(new Frame.Accept(2), new Frame.Same(2, 0))),
            Lie.of(
                    "SEND without a proof",
                    receiver -> offered(receiver).say(new Frame.Accept(2), new Frame.Send(2, 0))),
            Lie.of("SAME twice", receiver -> compared(receiver).say(new Frame.Same(2, 0), new Frame.Same(2, 0))),
            Lie.of("SAME beyond the file", receiver -> compared(receiver).say(new Frame.Same(2, 3))),
            Lie.of("SEND beyond the file", receiver -> compared(receiver).say(new Frame.Send(2, 3))),
            Lie.of(
                    "SEND of more chunks than there are",
                    receiver -> compared(receiver)
                            .say(
                                    new Frame.Send(2, 0),
                                    new Frame.Send(2, 0),
                                    new Frame.Send(2, 0),
                                    new Frame.Send(2, 0))),
            Lie.of("RECEIPT before END", receiver -> offered(receiver).say(receipt(2, LARGE, 0))),
            Lie.of("RECEIPT for another kind", receiver -> offered(receiver).say(receiptOfDirectory(0))),
            Lie.of(
                    "RECEIPT of a file for a directory that was stored",
                    receiver -> offered(receiver).say(new Frame.Stored(1), receipt(1, 0, 0))),
            Lie.of(
                    "RECEIPT of a stream for a directory that was stored",
                    receiver -> offered(receiver)
                            .say(
                                    new Frame.Stored(1),
                                    new Frame.Receipt(
                                            1, EntryKind.FILE, Outcome.PLACED, Durability.STREAMED, 0, 0, ""))),
            Lie.of(
                    "RECEIPT with a path that is none",
                    receiver -> offered(receiver)
                            .say(new Frame.Receipt(
                                    1, EntryKind.DIRECTORY, Outcome.PLACED, Durability.DURABLE, 0, 0, "../up"))),
            Lie.of("SUPERSEDED by the receiver", receiver -> offered(receiver).fail(2, ErrorCode.SUPERSEDED)),
            Lie.of("FINISHED too early", receiver -> offered(receiver).say(new Frame.Finished(3, 0, 0))),
            new Lie("RECEIPT with another checksum", ErrorCode.CORRUPT_FILE, receiver -> {
                Frame.End end = small(receiver);
                receiver.say(receipt(0, end.size(), end.crc() ^ 1));
            }),
            new Lie("RECEIPT with another size", ErrorCode.CORRUPT_FILE, receiver -> {
                Frame.End end = small(receiver);
                receiver.say(receipt(0, end.size() + 1, end.crc()));
            }),
            new Lie(
                    "a broken frame",
                    ErrorCode.CORRUPT_FRAME,
                    receiver -> receiver.welcoming().raw(new byte[12])),
            new Lie(
                    "half a frame",
                    ErrorCode.TRUNCATED,
                    receiver -> receiver.welcoming().raw((byte) 0x11).leave()));

    @TempDir
    Path dir;

    @ParameterizedTest(name = "{0}")
    @FieldSource("LIES")
    void endsTheTransferAtALie(Lie lie) throws Exception {
        Path small = Files.writeString(dir.resolve("small"), "small");
        Path large = Files.write(dir.resolve("large"), new byte[LARGE]);
        try (SessionRun run = SessionRun.start().finds(file(small), directory("d"), file(large))) {
            lie.script().play(run.receiver());
            run.receiver().awaitAbort(lie.code());
            run.receiver().close();
            run.failure(lie.code());
        }
    }
}
