package ferry.wire;

import ferry.entry.Attributes;
import ferry.entry.ChunkDigest;
import ferry.entry.ChunkSet;
import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.LinkTarget;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * One message of the Ferry protocol: section 5 of docs/PROTOCOL.md, whose fields the records have in its order.
 *
 * <p>Frames are immutable. Those that {@link FrameReader} returns keep the rules of the page that a single frame can
 * break; whether a frame fits the state of the transfer is for the session to say. Entries are meant by their number.
 */
public sealed interface Frame {
    /** What a WELCOME says of a limit that there is none of, or of free space that is not known. */
    long UNLIMITED = Long.MAX_VALUE;

    /** One line for people, safe to show: without secrets, without the bytes of files, text from the peer escaped. */
    default String describe() {
        return FrameText.describe(this);
    }

    record Hello(
            int minVersion,
            int maxVersion,
            long features,
            TransferId transfer,
            OwnerId owner,
            Duration silenceLimit,
            String agent)
            implements Frame {}

    record Welcome(
            int version,
            long features,
            int credit,
            int creditBytes,
            Duration silenceLimit,
            long maxEntrySize,
            long maxTransferSize,
            long freeSpace,
            Token joinSecret,
            String agent)
            implements Frame {}

    record Join(int version, TransferId transfer, int stream, Token proof) implements Frame {}

    record Challenge(Token nonce) implements Frame {}

    record JoinProof(Token proof) implements Frame {}

    record Joined() implements Frame {}

    /** That its sender knows the code, in this channel: section 2.2. */
    record CodeProof(Token proof) implements Frame {}

    /**
     * An entry as the peer names it, whose path and target need not keep the rules: that costs the entry alone.
     *
     * @param size known only of files, and not of all
     * @param target empty but for links
     */
    record Offer(long entry, EntryKind kind, OptionalLong size, Attributes attributes, String path, String target)
            implements Frame {

        /** Bytes of a frame whose path and target are empty. */
        private static final int LEAST_BYTES = 48;

        /** Bytes of the whole frame, which the credit counts. */
        public int frameBytes() {
            return LEAST_BYTES
                    + path.getBytes(StandardCharsets.UTF_8).length
                    + target.getBytes(StandardCharsets.UTF_8).length;
        }

        /** Leaves an mtime out that the protocol cannot express. */
        public static Offer of(long number, Entry entry) {
            OptionalLong size = OptionalLong.empty();
            String target = "";
            switch (entry) {
                case Entry.File file -> size = file.size();
                case Entry.Directory directory -> {}
                case Entry.Link link -> target = link.target().toString();
            }
            Attributes given = entry.attributes();
            Attributes expressible = new Attributes(given.modified().filter(Offer::isExpressible), given.mode());
            return new Offer(
                    number, entry.kind(), size, expressible, entry.path().toString(), target);
        }

        /** The entry, or the reason to refuse it. */
        public Entry toEntry() throws TransferException {
            RelativePath name = RelativePath.parse(path);
            return switch (kind) {
                case FILE -> new Entry.File(name, size, attributes);
                case DIRECTORY -> new Entry.Directory(name, attributes);
                case LINK -> new Entry.Link(name, LinkTarget.parse(target, name), attributes);
            };
        }

        private static boolean isExpressible(Instant modified) {
            long second = modified.getEpochSecond();
            return second >= Limits.MIN_MTIME_SECOND && second <= Limits.MAX_MTIME_SECOND;
        }
    }

    /** A receiver's answer to an OFFER. */
    sealed interface Verdict extends Frame {
        long entry();
    }

    record Accept(long entry) implements Verdict {}

    record AcceptInOrder(long entry) implements Verdict {}

    record Compare(long entry, ChunkSet chunks) implements Verdict {}

    record Have(long entry) implements Verdict {}

    record Refuse(long entry, Reason reason) implements Verdict {}

    record Proof(long entry, long chunk, int length, ChunkDigest digest) implements Frame {}

    record Same(long entry, long chunk) implements Frame {}

    record Send(long entry, long chunk) implements Frame {}

    /**
     * The header of a piece of a file, whose bytes come after it: {@link FrameReader#readBody}.
     *
     * @param length bytes of content, at most {@link Limits#MAX_BODY}, all of one chunk
     * @param crc the CRC-32C of those bytes
     * @param encoding how the body holds them
     * @param bodyLength bytes of the body: as {@code length} if it is plain, else fewer
     */
    record Data(long entry, long offset, int length, int crc, Encoding encoding, int bodyLength) implements Frame {
        /** With a plain body. */
        public Data(long entry, long offset, int length, int crc) {
            this(entry, offset, length, crc, Encoding.PLAIN, length);
        }
    }

    record End(long entry, long size, int crc) implements Frame {}

    record Stored(long entry) implements Frame {}

    /**
     * The final answer of success.
     *
     * @param size zero but for files, as is {@code crc}
     * @param path the final path as the receiver names it, to be shown and not to be followed; empty if streamed
     */
    record Receipt(long entry, EntryKind kind, Outcome outcome, Durability durability, long size, int crc, String path)
            implements Frame {}

    record Done(long entries) implements Frame {}

    record Finished(long receipts, long failures, long bytes) implements Frame {}

    record Failed(long entry, Reason reason) implements Frame {}

    record Abort(Reason reason) implements Frame {}

    record KeepAlive() implements Frame {}
}
