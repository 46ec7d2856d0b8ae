package ferry.wire;

import ferry.entry.Attributes;
import ferry.entry.ChunkDigest;
import ferry.entry.ChunkSet;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** One frame or more of each type, under the names of docs/protocol-vectors.txt; DATA without its body. */
final class Frames {
    /** The body of each plain DATA frame in {@link #VALID}. */
    static final String BODY = "123456789";

    /** Zstandard frames by hand, as RFC 8878 has them: the bodies of compressed ones, by the entries that they are of. */
    private static final Map<Long, String> ZSTD_BODIES =
            Map.of(0L, "28b52ffd20c843060061", 3L, "28b52ffd602c004800003132333435363738391b090030");

    static final Map<String, Frame> VALID = valid();

    private static final long LARGEST = Long.MAX_VALUE;

    private Frames() {}

    /** The body that belongs to a frame of {@link #VALID}. */
    static ByteBuffer body(Frame.Data data) {
        byte[] bytes = switch (data.encoding()) {
            case PLAIN -> BODY.getBytes(StandardCharsets.US_ASCII);
            case ZSTD -> HexFormat.of().parseHex(Objects.requireNonNull(ZSTD_BODIES.get(data.entry())));
        };
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static Map<String, Frame> valid() {
        Map<String, Frame> frames = new LinkedHashMap<>();
        opening(frames);
        offers(frames);
        verdicts(frames);
        content(frames);
        answers(frames);
        return Map.copyOf(frames);
    }

    private static void opening(Map<String, Frame> frames) {
        TransferId transfer = new TransferId(0x0001020304050607L, 0x08090a0b0c0d0e0fL);
        OwnerId owner = new OwnerId(0x1011121314151617L, 0x18191a1b1c1d1e1fL);
        Duration silence = Duration.ofSeconds(30);
        frames.put("hello", new Frame.Hello(1, 1, 0, transfer, owner, silence, "ferry 0.1.0"));
        frames.put(
                "hello-newer",
                new Frame.Hello(1, 255, -1, transfer, OwnerId.NONE, Duration.ofHours(1), "x".repeat(64)));
        frames.put(
                "welcome",
                new Frame.Welcome(
                        1, 0, 8192, 1 << 20, silence, LARGEST, 1L << 40, 123456789, Token.NONE, "ferry 0.1.0"));
        frames.put(
                "welcome-least",
                new Frame.Welcome(1, 3, 1024, 262_144, Duration.ofSeconds(1), 0, 0, 0, token(0x20), ""));
        frames.put("join", new Frame.Join(1, transfer, 1, Token.NONE));
        frames.put("join-last", new Frame.Join(1, transfer, 15, token(0x40)));
        frames.put("challenge", new Frame.Challenge(token(0x60)));
        frames.put("join-proof", new Frame.JoinProof(token(0x80)));
        frames.put("joined", new Frame.Joined());
        frames.put("code-proof", new Frame.CodeProof(token(0xa0)));
        frames.put("hello-code", new Frame.Hello(1, 1, Features.CODE, transfer, owner, silence, "ferry 0.1.0"));
    }

    private static void offers(Map<String, Frame> frames) {
        Attributes attributes =
                new Attributes(Optional.of(Instant.parse("2026-01-02T03:04:05.678901234Z")), OptionalInt.of(0644));
        frames.put("offer-file", offer(0, EntryKind.FILE, OptionalLong.of(9), attributes, "docs/read me.txt", ""));
        frames.put("offer-unknown-size", offer(1, EntryKind.FILE, OptionalLong.empty(), Attributes.NONE, "-", ""));
        frames.put("offer-empty-file", offer(2, EntryKind.FILE, OptionalLong.of(0), mode(0), "empty", ""));
        frames.put("offer-directory", offer(3, EntryKind.DIRECTORY, OptionalLong.empty(), mode(0777), "d", ""));
        frames.put(
                "offer-link",
                offer(4, EntryKind.LINK, OptionalLong.empty(), modified(-1, 999_999_999), "d/l", "../docs"));
        frames.put(
                "offer-year-1",
                offer(5, EntryKind.FILE, OptionalLong.of(LARGEST), modified(-62135596800L, 0), "é", ""));
        frames.put(
                "offer-year-9999",
                offer(
                        LARGEST,
                        EntryKind.FILE,
                        OptionalLong.of(1),
                        modified(253402300799L, 0),
                        "\uD83D\uDEA2\n\"\\",
                        ""));
        frames.put("offer-bad-path", offer(6, EntryKind.FILE, OptionalLong.of(1), Attributes.NONE, "../up\0", ""));
        frames.put("offer-empty-path", offer(7, EntryKind.LINK, OptionalLong.empty(), Attributes.NONE, "", ""));
    }

    private static void verdicts(Map<String, Frame> frames) {
        frames.put("accept", new Frame.Accept(0));
        frames.put("accept-in-order", new Frame.AcceptInOrder(1));
        frames.put("compare", new Frame.Compare(8, chunks(new ChunkSet.Range(0, 4), new ChunkSet.Range(7, 1))));
        frames.put("compare-largest", new Frame.Compare(9, chunks(new ChunkSet.Range(0, 1L << 40))));
        frames.put("have", new Frame.Have(10));
        frames.put("refuse", new Frame.Refuse(6, new Reason(ErrorCode.NAME_REFUSED, "a segment is '..'")));
        frames.put("refuse-unknown-code", new Frame.Refuse(6, new Reason(65535, "")));
    }

    private static void content(Map<String, Frame> frames) {
        ChunkDigest digest = ChunkDigest.of(ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII)));
        frames.put("proof", new Frame.Proof(8, 0, 1 << 23, digest));
        frames.put("proof-last", new Frame.Proof(8, (1L << 40) - 1, 1, digest));
        frames.put("same", new Frame.Same(8, 0));
        frames.put("send", new Frame.Send(8, 3));
        frames.put("data", new Frame.Data(0, 0, 9, 0xe3069283));
        frames.put("data-chunk-end", new Frame.Data(8, (1L << 23) - 9, 9, 0xe3069283));
        frames.put("data-last", new Frame.Data(5, LARGEST - 9, 9, 0xe3069283));
        frames.put("data-zstd", new Frame.Data(0, 0, 200, 0x50137e73, Encoding.ZSTD, 10));
        frames.put("data-zstd-blocks", new Frame.Data(3, (1L << 23) - 300, 300, 0xa8720c56, Encoding.ZSTD, 23));
        frames.put("end", new Frame.End(0, 9, 0xe3069283));
        frames.put("end-empty", new Frame.End(2, 0, 0));
    }

    private static void answers(Map<String, Frame> frames) {
        frames.put("stored", new Frame.Stored(3));
        frames.put(
                "receipt",
                new Frame.Receipt(
                        0, EntryKind.FILE, Outcome.PLACED, Durability.DURABLE, 9, 0xe3069283, "docs/read me (1).txt"));
        frames.put(
                "receipt-same", new Frame.Receipt(2, EntryKind.FILE, Outcome.SAME, Durability.WRITTEN, 0, 0, "empty"));
        frames.put(
                "receipt-streamed",
                new Frame.Receipt(1, EntryKind.FILE, Outcome.PLACED, Durability.STREAMED, 9, 0xe3069283, ""));
        frames.put(
                "receipt-directory",
                new Frame.Receipt(3, EntryKind.DIRECTORY, Outcome.SAME, Durability.DURABLE, 0, 0, "d"));
        frames.put(
                "receipt-link", new Frame.Receipt(4, EntryKind.LINK, Outcome.PLACED, Durability.DURABLE, 0, 0, "d/l"));
        frames.put("done", new Frame.Done(11));
        frames.put("finished", new Frame.Finished(9, 2, 27));
        frames.put("failed", new Frame.Failed(8, new Reason(ErrorCode.SUPERSEDED, "")));
        frames.put("failed-unknown-code", new Frame.Failed(8, new Reason(4711, "line 1\nline 2 \u001b[31m")));
        frames.put("abort", new Frame.Abort(new Reason(ErrorCode.TIMEOUT, "nothing arrived for 30 s")));
        frames.put("abort-code-0", new Frame.Abort(new Reason(0, "")));
        frames.put("keepalive", new Frame.KeepAlive());
    }

    private static Frame offer(
            long entry, EntryKind kind, OptionalLong size, Attributes attributes, String path, String target) {
        return new Frame.Offer(entry, kind, size, attributes, path, target);
    }

    private static Attributes mode(int mode) {
        return new Attributes(Optional.empty(), OptionalInt.of(mode));
    }

    private static Attributes modified(long second, int nano) {
        return new Attributes(Optional.of(Instant.ofEpochSecond(second, nano)), OptionalInt.empty());
    }

    private static ChunkSet chunks(ChunkSet.Range... ranges) {
        try {
            return ChunkSet.of(List.of(ranges));
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }

    /** The bytes that count up from {@code first}. */
    private static Token token(int first) {
        byte[] bytes = new byte[Token.LENGTH];
        IntStream.range(0, bytes.length).forEach(i -> bytes[i] = (byte) (first + i));
        return Token.of(bytes);
    }
}
