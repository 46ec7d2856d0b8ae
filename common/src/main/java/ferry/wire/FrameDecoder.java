package ferry.wire;

import static ferry.wire.WireNumbers.MODE_GIVEN;
import static ferry.wire.WireNumbers.MTIME_GIVEN;
import static ferry.wire.WireNumbers.SIZE_KNOWN;

import ferry.entry.Attributes;
import ferry.entry.ChunkDigest;
import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.TransferException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Makes a frame of its control payload, by the tables of section 5 of docs/PROTOCOL.md; one thread. */
final class FrameDecoder {
    private static final int PROPERTIES = SIZE_KNOWN | MTIME_GIVEN | MODE_GIVEN;
    private static final int MAX_NANOSECOND = 999_999_999;

    private final Payload in;

    FrameDecoder(Payload in) {
        this.in = in;
    }

    /**
     * Reads the payload from its first field to its last one.
     *
     * @param encoding of a DATA frame
     * @param bodyLength which is not looked at
     */
    Frame decode(FrameType type, Encoding encoding, int bodyLength) throws TransferException {
        Frame frame = switch (type) {
            case HELLO -> hello();
            case WELCOME -> welcome();
            case JOIN -> join();
            case CHALLENGE -> new Frame.Challenge(token("nonce"));
            case JOIN_PROOF -> new Frame.JoinProof(token("proof"));
            case JOINED -> new Frame.Joined();
            case CODE_PROOF -> new Frame.CodeProof(token("proof"));
            case OFFER -> offer();
            case VERDICT -> verdict();
            case PROOF -> proof();
            case SAME -> new Frame.Same(entry(), chunk());
            case SEND -> new Frame.Send(entry(), chunk());
            case DATA -> data(encoding, bodyLength);
            case END -> new Frame.End(entry(), in.u64("size"), in.crc("crc32c"));
            case STORED -> new Frame.Stored(entry());
            case RECEIPT -> receipt();
            case DONE -> new Frame.Done(in.u64("entries"));
            case FINISHED -> new Frame.Finished(in.u64("receipts"), in.u64("failures"), in.u64("bytes"));
            case FAILED -> new Frame.Failed(entry(), reason());
            case ABORT -> new Frame.Abort(reason());
            case KEEPALIVE -> new Frame.KeepAlive();
        };
        in.finish();
        return frame;
    }

    /** Refuses a version that is not ours before it reads on, since what follows may look different there. */
    private Frame hello() throws TransferException {
        int minVersion = in.u8("min version");
        int maxVersion = in.u8("max version");
        ProtocolVersion.negotiate(minVersion, maxVersion);
        return new Frame.Hello(
                minVersion,
                maxVersion,
                in.bits64("features"),
                transferId(),
                new OwnerId(in.bits64("owner"), in.bits64("owner")),
                silenceLimit(),
                in.string("agent", Limits.MAX_AGENT_BYTES));
    }

    private Frame welcome() throws TransferException {
        return new Frame.Welcome(
                in.u8("version", ProtocolVersion.MIN, ProtocolVersion.MAX),
                in.bits64("features"),
                (int) in.u32("credit", Limits.MIN_CREDIT, Limits.MAX_CREDIT),
                (int) in.u32("credit bytes", Limits.MIN_CREDIT_BYTES, Limits.MAX_CREDIT_BYTES),
                silenceLimit(),
                in.u64("max entry size"),
                in.u64("max transfer size"),
                in.u64("free space"),
                token("join secret"),
                in.string("agent", Limits.MAX_AGENT_BYTES));
    }

    private Frame join() throws TransferException {
        int version = in.u8("version");
        ProtocolVersion.negotiate(version, version);
        return new Frame.Join(version, transferId(), in.u8("stream", 1, Limits.MAX_STREAMS - 1), token("proof"));
    }

    private Frame offer() throws TransferException {
        long entry = entry();
        EntryKind kind = kind();
        int properties = in.u8("properties");
        if ((properties & ~PROPERTIES) != 0) {
            throw in.violation("properties are 0x%02x, known are 0x%02x".formatted(properties, PROPERTIES));
        }
        OptionalLong size = size(kind, properties);
        Attributes attributes = new Attributes(modified(properties), mode(properties));
        String path = in.string("path", Limits.MAX_PATH_BYTES);
        String target = in.string("target", Limits.MAX_TARGET_BYTES);
        if (kind != EntryKind.LINK && !target.isEmpty()) {
            throw in.violation("only a link has a target");
        }
        return new Frame.Offer(entry, kind, size, attributes, path, target);
    }

    private OptionalLong size(EntryKind kind, int properties) throws TransferException {
        if ((properties & SIZE_KNOWN) == 0) {
            in.u64("size that is not known", 0, 0);
            return OptionalLong.empty();
        }
        if (kind != EntryKind.FILE) {
            throw in.violation("only a file has a size");
        }
        return OptionalLong.of(in.u64("size"));
    }

    private Optional<Instant> modified(int properties) throws TransferException {
        if ((properties & MTIME_GIVEN) == 0) {
            in.i64("mtime that is not given", 0, 0);
            in.u32("mtime that is not given", 0, 0);
            return Optional.empty();
        }
        long second = in.i64("mtime seconds", Limits.MIN_MTIME_SECOND, Limits.MAX_MTIME_SECOND);
        return Optional.of(Instant.ofEpochSecond(second, in.u32("mtime nanoseconds", 0, MAX_NANOSECOND)));
    }

    private OptionalInt mode(int properties) throws TransferException {
        if ((properties & MODE_GIVEN) == 0) {
            in.u16("mode that is not given", 0);
            return OptionalInt.empty();
        }
        return OptionalInt.of(in.u16("mode", Attributes.MODE_MASK));
    }

    private Frame.Verdict verdict() throws TransferException {
        long entry = entry();
        int verdict = in.u8("verdict", WireNumbers.ACCEPT, WireNumbers.REFUSE);
        Reason reason = reason();
        ChunkSet chunks = chunks();
        if (verdict != WireNumbers.REFUSE
                && (reason.number() != 0 || !reason.text().isEmpty())) {
            throw in.violation("only a refusal has a code and a text");
        }
        if ((verdict == WireNumbers.COMPARE) == chunks.ranges().isEmpty()) {
            throw in.violation("compare, and nothing else, has ranges");
        }
        return switch (verdict) {
            case WireNumbers.ACCEPT -> new Frame.Accept(entry);
            case WireNumbers.ACCEPT_IN_ORDER -> new Frame.AcceptInOrder(entry);
            case WireNumbers.COMPARE -> new Frame.Compare(entry, chunks);
            case WireNumbers.HAVE -> new Frame.Have(entry);
            default -> new Frame.Refuse(entry, reason);
        };
    }

    private ChunkSet chunks() throws TransferException {
        int count = (int) in.atMost("count", in.u16("count"), Limits.MAX_RANGES);
        List<ChunkSet.Range> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long first = chunk();
            ranges.add(new ChunkSet.Range(first, in.u64("chunks", 1, Limits.MAX_CHUNKS - first)));
        }
        return ChunkSet.of(ranges);
    }

    private Frame proof() throws TransferException {
        return new Frame.Proof(
                entry(),
                chunk(),
                in.length("length", Chunks.SIZE),
                ChunkDigest.read(in.raw("SHA-256", ChunkDigest.LENGTH)));
    }

    private Frame data(Encoding encoding, int bodyLength) throws TransferException {
        long entry = entry();
        long offset = in.u64("offset");
        int length = in.length("length", Limits.MAX_BODY);
        if (Long.MAX_VALUE - offset < length || Chunks.of(offset) != Chunks.of(offset + length - 1)) {
            throw in.violation("%d bytes at offset %d are not within one chunk".formatted(length, offset));
        }
        return new Frame.Data(entry, offset, length, in.crc("crc32c"), encoding, bodyLength);
    }

    private Frame receipt() throws TransferException {
        long entry = entry();
        EntryKind kind = kind();
        Outcome outcome = WireNumbers.outcome(in.u8("outcome", 1, 2));
        Durability durability = WireNumbers.durability(in.u8("durability", 1, 3));
        long size = in.u64("size");
        int crc = in.crc("crc32c");
        String path = in.string("path", Limits.MAX_PATH_BYTES);
        if (kind != EntryKind.FILE && (size != 0 || crc != 0 || durability == Durability.STREAMED)) {
            throw in.violation("only a file has a size and a checksum, and is streamed");
        }
        if ((durability == Durability.STREAMED) != path.isEmpty()) {
            throw in.violation("a path is what all but streamed files have");
        }
        return new Frame.Receipt(entry, kind, outcome, durability, size, crc, path);
    }

    private long entry() throws TransferException {
        return in.u64("entry");
    }

    private long chunk() throws TransferException {
        return in.u64("chunk", 0, Limits.MAX_CHUNKS - 1);
    }

    private EntryKind kind() throws TransferException {
        return WireNumbers.kind(in.u8("kind", 1, 3));
    }

    private TransferId transferId() throws TransferException {
        return new TransferId(in.bits64("transfer id"), in.bits64("transfer id"));
    }

    private Duration silenceLimit() throws TransferException {
        return Duration.ofMillis(in.u32("silence limit", Limits.MIN_SILENCE.toMillis(), Limits.MAX_SILENCE.toMillis()));
    }

    private Token token(String field) throws TransferException {
        return Token.read(in.raw(field, Token.LENGTH));
    }

    private Reason reason() throws TransferException {
        return new Reason(in.u16("code"), in.string("text", Limits.MAX_TEXT_BYTES));
    }
}
