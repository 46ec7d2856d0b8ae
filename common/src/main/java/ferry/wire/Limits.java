package ferry.wire;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.LinkTarget;
import ferry.entry.RelativePath;
import java.time.Duration;

/** Every maximum that the protocol names, in one place: section 7 of docs/PROTOCOL.md. */
public final class Limits {
    /** Bytes in the control payload of a frame. */
    public static final int MAX_CONTROL = 12_288;

    /** Bytes in the body of a DATA frame, and of its content after decoding. */
    public static final int MAX_BODY = 1 << 20;

    /** Bytes of UTF-8 in a path. */
    public static final int MAX_PATH_BYTES = RelativePath.MAX_BYTES;

    /** Bytes of UTF-8 in the target of a link. */
    public static final int MAX_TARGET_BYTES = LinkTarget.MAX_BYTES;

    /** Bytes of UTF-8 in the text that explains an error code, and in a line of refusal of the classic protocol. */
    public static final int MAX_TEXT_BYTES = 1_024;

    /** Bytes of UTF-8 in the name and version of the peer's program. */
    public static final int MAX_AGENT_BYTES = 64;

    /** Entries that a sender may have in flight before it has read WELCOME. */
    public static final int CREDIT_BEFORE_WELCOME = 1_024;

    /** Bytes of whole OFFER frames that a sender may have sent before it has read WELCOME. */
    public static final int OFFER_BYTES_BEFORE_WELCOME = 262_144;

    public static final int MIN_CREDIT = CREDIT_BEFORE_WELCOME;
    public static final int MAX_CREDIT = 65_536;

    /** Bytes of the OFFER frames of all entries in flight. */
    public static final int MIN_CREDIT_BYTES = OFFER_BYTES_BEFORE_WELCOME;

    public static final int MAX_CREDIT_BYTES = 1 << 28;

    /** Bytes of a file whose DATA and END may follow its OFFER without waiting for the verdict. */
    public static final int MAX_EAGER_FILE = 65_536;

    /** Bytes of DATA that may so be sent before the first answer to an offer. */
    public static final int MAX_EAGER_BYTES = 262_144;

    public static final int MAX_UNANSWERED_PROOFS = 64;

    /** Ranges of chunks in a VERDICT. */
    public static final int MAX_RANGES = ChunkSet.MAX_RANGES;

    /** Chunks in the largest file that the protocol can name, one of 2^63 - 1 bytes. */
    public static final long MAX_CHUNKS = Chunks.count(Long.MAX_VALUE);

    /** Streams of a transfer, the first included. */
    public static final int MAX_STREAMS = 16;

    /** The first and the last second of the years 1 and 9999: what an mtime may be. */
    public static final long MIN_MTIME_SECOND = -62_135_596_800L;

    public static final long MAX_MTIME_SECOND = 253_402_300_799L;

    /** Bytes by which a frame that was begun must get on in each silence limit: more than the keep-alives of that time. */
    public static final int MIN_FRAME_PROGRESS = 1_024;

    public static final Duration MIN_SILENCE = Duration.ofSeconds(1);
    public static final Duration MAX_SILENCE = Duration.ofHours(1);

    /** What a peer's silence limit is taken to be until it has said it. */
    public static final Duration SILENCE_BEFORE_KNOWN = Duration.ofSeconds(30);

    /** How long a connection may take for its first byte. */
    public static final Duration FIRST_BYTE = Duration.ofSeconds(10);

    /** How long the preface and HELLO or JOIN may take after the first byte. */
    public static final Duration HELLO = Duration.ofSeconds(10);

    /** How long, and how much, is read and discarded after a refusal. */
    public static final Duration DRAIN = Duration.ofSeconds(2);

    public static final int DRAIN_BYTES = 16 << 20;

    /** The silence that ends a file name of the classic protocol. */
    public static final Duration CLASSIC_NAME_SILENCE = Duration.ofMillis(100);

    /** Bytes of UTF-8 in a file name of the classic protocol. */
    public static final int MAX_CLASSIC_NAME_BYTES = RelativePath.MAX_SEGMENT_BYTES;

    private Limits() {}

    /** What HELLO and WELCOME say of a time-out: itself, or the nearest that they can. */
    public static Duration statedSilence(Duration timeout) {
        Duration atLeast = timeout.compareTo(MIN_SILENCE) < 0 ? MIN_SILENCE : timeout;
        return atLeast.compareTo(MAX_SILENCE) > 0 ? MAX_SILENCE : atLeast;
    }
}
