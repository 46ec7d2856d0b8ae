package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static ferry.send.ScriptedFerryReceiver.receiptOfDirectory;
import static ferry.send.ScriptedFerryReceiver.welcome;
import static java.nio.charset.StandardCharsets.US_ASCII;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Reason;
import ferry.wire.Token;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a receiver must not say, and what the sender makes of it. The sender offers a small file with its content (entry 0), a
 * directory (1) and a large file (2), and has more to send.
 *
 * @param receipts how many true ones come before the lie
 */
record Lie(String what, ErrorCode code, int receipts, Script script) {
    static final String SMALL = "small";
    static final int LARGE = 3 * Chunks.SIZE;

    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** What the receiver says. */
    interface Script {
        void play(ScriptedFerryReceiver receiver) throws Exception;
    }

    static final List<Lie> ALL = List.of(
            Lie.of("a verdict before WELCOME", receiver -> {
                receiver.greeted();
                receiver.say(new Frame.KeepAlive(), new Frame.Accept(0));
            }),
            Lie.of("CHALLENGE before WELCOME", receiver -> greeted(receiver).say(new Frame.Challenge(Token.NONE))),
            Lie.of("JOINED before WELCOME", receiver -> greeted(receiver).say(new Frame.Joined())),
            Lie.of(
                    "a proof of a code that nobody has",
                    receiver -> greeted(receiver).say(new Frame.CodeProof(Token.NONE))),
            Lie.of(
                    "FINISHED before WELCOME",
                    receiver -> greeted(receiver).say(new Frame.KeepAlive(), new Frame.Finished(0, 0, 0))),
            Lie.of("JOINED", receiver -> receiver.welcoming().say(new Frame.Joined())),
            Lie.of("ACCEPT twice", receiver -> offered(receiver).say(new Frame.Accept(2), new Frame.Accept(2))),
            Lie.of(
                    "ACCEPT twice of what was sent already",
                    receiver -> offered(receiver).say(new Frame.Accept(0), new Frame.Accept(0))),
            Lie.of("HAVE twice", receiver -> offered(receiver).say(new Frame.Have(0), new Frame.Have(0))),
            Lie.of("RECEIPT after a refusal", receiver -> {
                Frame.End end = small(receiver);
                receiver.say(new Frame.Refuse(0, new Reason(ErrorCode.NO_SPACE, "")), receipt(end));
            }),
            Lie.of(
                    "STORED after FAILED",
                    receiver -> offered(receiver).fail(1, ErrorCode.NO_SPACE).say(new Frame.Stored(1))),
            Lie.of(
                    "SAME after a refusal",
                    receiver -> compared(receiver)
                            .say(new Frame.Refuse(2, new Reason(ErrorCode.NO_SPACE, "")), new Frame.Same(2, 0))),
            Lie.afterOneReceipt("ACCEPT after RECEIPT", new Frame.Accept(0)),
            Lie.afterOneReceipt("HAVE after RECEIPT", new Frame.Have(0)),
            Lie.afterOneReceipt("SEND after RECEIPT", new Frame.Send(0, 0)),
            Lie.afterOneReceipt("RECEIPT twice", receipt(0, 5, Crc32c.of(ByteBuffer.wrap("small".getBytes(US_ASCII))))),
            Lie.afterOneReceipt("FAILED after RECEIPT", new Frame.Failed(0, new Reason(ErrorCode.NO_SPACE, ""))),
            Lie.of("KEEPALIVEs without an end", receiver -> {
                Frame[] flood = new Frame[10_001];
                Arrays.fill(flood, new Frame.KeepAlive());
                receiver.welcoming().say(flood);
            }),
            Lie.of(
                    "a frame with too much control",
                    ErrorCode.OVERSIZED,
                    receiver -> receiver.welcoming().raw(hex("1d00ffff00000000"))),
            Lie.of(
                    "a frame with too large a body",
                    ErrorCode.OVERSIZED,
                    receiver -> receiver.welcoming().raw(hex("1d000000ffffffff"))),
            Lie.of(
                    "a frame of no known type",
                    ErrorCode.UNKNOWN_FRAME,
                    receiver -> receiver.welcoming().raw(withCrc(hex("3f00000000000000")))),
            Lie.of(
                    "a frame with a body that it may not have",
                    receiver -> receiver.welcoming().raw(withCrc(hex("1d00000000000001")))),
            Lie.of(
                    "a frame with too few fields",
                    ErrorCode.TRUNCATED,
                    receiver -> receiver.welcoming().raw(withCrc(hex("1700000000000000")))),
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
            Lie.of("RECEIPT with another checksum", ErrorCode.CORRUPT_FILE, receiver -> {
                Frame.End end = small(receiver);
                receiver.say(receipt(0, end.size(), end.crc() ^ 1));
            }),
            Lie.of("RECEIPT with another size", ErrorCode.CORRUPT_FILE, receiver -> {
                Frame.End end = small(receiver);
                receiver.say(receipt(0, end.size() + 1, end.crc()));
            }),
            Lie.of(
                    "a broken frame",
                    ErrorCode.CORRUPT_FRAME,
                    receiver -> receiver.welcoming().raw(new byte[12])),
            Lie.of(
                    "half a frame",
                    ErrorCode.CONNECTION_LOST,
                    receiver -> receiver.welcoming().raw((byte) 0x11).leave()));

    private static Lie of(String what, Script script) {
        return new Lie(what, ErrorCode.PROTOCOL_VIOLATION, 0, script);
    }

    private static Lie of(String what, ErrorCode code, Script script) {
        return new Lie(what, code, 0, script);
    }

    private static Lie afterOneReceipt(String what, Frame lie) {
        return new Lie(what, ErrorCode.PROTOCOL_VIOLATION, 1, receiver -> {
            Frame.End end = small(receiver);
            receiver.say(receipt(end), lie);
        });
    }

    private static ScriptedFerryReceiver greeted(ScriptedFerryReceiver receiver) throws Exception {
        receiver.greeted();
        return receiver;
    }

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

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] withCrc(byte[] head) {
        return ByteBuffer.allocate(head.length + Integer.BYTES)
                .put(head)
                .putInt(Crc32c.of(ByteBuffer.wrap(head)))
                .array();
    }

    @Override
    public String toString() {
        return what;
    }
}
