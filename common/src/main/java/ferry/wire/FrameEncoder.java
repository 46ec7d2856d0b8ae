package ferry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import ferry.entry.ChunkSet;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * Appends frames to a buffer, by the tables of section 5 of docs/PROTOCOL.md; one thread at a time.
 *
 * <p>A value that its field cannot hold is a fault of the caller: IllegalArgumentException, and nothing is appended.
 */
final class FrameEncoder {
    private static final Reason NO_REASON = new Reason(0, "");
    private static final int MAX_U8 = 0xff;
    private static final long MAX_U32 = 0xffff_ffffL;

    private final ByteBuffer out;
    private final CharsetEncoder utf8 = UTF_8.newEncoder();
    private final CRC32C crc = new CRC32C();

    FrameEncoder(ByteBuffer out) {
        this.out = out;
    }

    /** Appends a whole control frame, for which there must be room. */
    void append(Frame frame) {
        int start = out.position();
        try {
            out.position(start + Framing.HEADER_BYTES);
            payload(frame);
            seal(start, FrameType.of(frame), 0, 0);
        } catch (IllegalArgumentException e) {
            out.position(start);
            throw e;
        }
    }

    /** Appends all of a DATA frame but its body, which has so many bytes. */
    void appendData(long entry, long offset, int length, int dataCrc, Encoding encoding, int bodyLength) {
        int start = out.position();
        try {
            out.position(start + Framing.HEADER_BYTES);
            u64(entry);
            u64(offset);
            out.putInt(length).putInt(dataCrc);
            seal(start, FrameType.DATA, encoding.number(), bodyLength);
        } catch (IllegalArgumentException e) {
            out.position(start);
            throw e;
        }
    }

    /** Writes the header before the payload and the checksum after it. */
    private void seal(int start, FrameType type, int flags, int bodyLength) {
        int end = out.position();
        int control = end - start - Framing.HEADER_BYTES;
        if (control > Limits.MAX_CONTROL) {
            throw new IllegalArgumentException("control payload of %d bytes".formatted(control));
        }
        out.put(start, (byte) type.number());
        out.put(start + Framing.FLAGS_AT, (byte) flags);
        out.putShort(start + Framing.CONTROL_LENGTH_AT, (short) control);
        out.putInt(start + Framing.BODY_LENGTH_AT, bodyLength);
        int limit = out.limit();
        crc.reset();
        crc.update(out.limit(end).position(start));
        out.limit(limit).putInt((int) crc.getValue());
    }

    private void payload(Frame frame) {
        switch (frame) {
            case Frame.Hello hello -> hello(hello);
            case Frame.Welcome welcome -> welcome(welcome);
            case Frame.Join join -> join(join);
            case Frame.Challenge challenge -> challenge.nonce().write(out);
            case Frame.JoinProof proof -> proof.proof().write(out);
            case Frame.CodeProof proof -> proof.proof().write(out);
            case Frame.Offer offer -> offer(offer);
            case Frame.Verdict verdict -> verdict(verdict);
            case Frame.Proof proof -> proof(proof);
            case Frame.Same same -> entryAnd(same.entry(), same.chunk());
            case Frame.Send send -> entryAnd(send.entry(), send.chunk());
            case Frame.End end -> {
                entryAnd(end.entry(), end.size());
                out.putInt(end.crc());
            }
            case Frame.Stored stored -> u64(stored.entry());
            case Frame.Receipt receipt -> receipt(receipt);
            case Frame.Done done -> u64(done.entries());
            case Frame.Finished finished -> {
                u64(finished.receipts());
                u64(finished.failures());
                u64(finished.bytes());
            }
            case Frame.Failed failed -> {
                u64(failed.entry());
                reason(failed.reason());
            }
            case Frame.Abort abort -> reason(abort.reason());
            case Frame.Joined joined -> {}
            case Frame.KeepAlive keepAlive -> {}
            case Frame.Data data -> throw new IllegalArgumentException("DATA is written with its body: " + data);
        }
    }

    private void hello(Frame.Hello hello) {
        u8(hello.minVersion());
        u8(hello.maxVersion());
        out.putLong(hello.features());
        transferId(hello.transfer());
        out.putLong(hello.owner().high()).putLong(hello.owner().low());
        silenceLimit(hello.silenceLimit());
        string(hello.agent(), Limits.MAX_AGENT_BYTES);
    }

    private void welcome(Frame.Welcome welcome) {
        u8(welcome.version());
        out.putLong(welcome.features());
        u32(welcome.credit());
        u32(welcome.creditBytes());
        silenceLimit(welcome.silenceLimit());
        u64(welcome.maxEntrySize());
        u64(welcome.maxTransferSize());
        u64(welcome.freeSpace());
        welcome.joinSecret().write(out);
        string(welcome.agent(), Limits.MAX_AGENT_BYTES);
    }

    private void join(Frame.Join join) {
        u8(join.version());
        transferId(join.transfer());
        u8(join.stream());
        join.proof().write(out);
    }

    private void offer(Frame.Offer offer) {
        u64(offer.entry());
        u8(WireNumbers.of(offer.kind()));
        int properties = (offer.size().isPresent() ? WireNumbers.SIZE_KNOWN : 0)
                | (offer.attributes().modified().isPresent() ? WireNumbers.MTIME_GIVEN : 0)
                | (offer.attributes().mode().isPresent() ? WireNumbers.MODE_GIVEN : 0);
        u8(properties);
        u64(offer.size().orElse(0));
        Instant modified = offer.attributes().modified().orElse(Instant.EPOCH);
        out.putLong(modified.getEpochSecond()).putInt(modified.getNano());
        out.putShort((short) offer.attributes().mode().orElse(0));
        string(offer.path(), Limits.MAX_PATH_BYTES);
        string(offer.target(), Limits.MAX_TARGET_BYTES);
    }

    private void verdict(Frame.Verdict verdict) {
        switch (verdict) {
            case Frame.Accept accept -> verdict(accept, WireNumbers.ACCEPT, NO_REASON, ChunkSet.NONE);
            case Frame.AcceptInOrder accept -> verdict(accept, WireNumbers.ACCEPT_IN_ORDER, NO_REASON, ChunkSet.NONE);
            case Frame.Compare compare -> verdict(compare, WireNumbers.COMPARE, NO_REASON, compare.chunks());
            case Frame.Have have -> verdict(have, WireNumbers.HAVE, NO_REASON, ChunkSet.NONE);
            case Frame.Refuse refuse -> verdict(refuse, WireNumbers.REFUSE, refuse.reason(), ChunkSet.NONE);
        }
    }

    private void verdict(Frame.Verdict verdict, int number, Reason reason, ChunkSet chunks) {
        u64(verdict.entry());
        u8(number);
        reason(reason);
        out.putShort((short) chunks.ranges().size());
        for (ChunkSet.Range range : chunks.ranges()) {
            u64(range.first());
            u64(range.count());
        }
    }

    private void proof(Frame.Proof proof) {
        entryAnd(proof.entry(), proof.chunk());
        out.putInt(proof.length());
        proof.digest().write(out);
    }

    private void receipt(Frame.Receipt receipt) {
        u64(receipt.entry());
        u8(WireNumbers.of(receipt.kind()));
        u8(WireNumbers.of(receipt.outcome()));
        u8(WireNumbers.of(receipt.durability()));
        u64(receipt.size());
        out.putInt(receipt.crc());
        string(receipt.path(), Limits.MAX_PATH_BYTES);
    }

    private void reason(Reason reason) {
        out.putShort((short) reason.number());
        string(reason.text(), Limits.MAX_TEXT_BYTES);
    }

    private void entryAnd(long entry, long second) {
        u64(entry);
        u64(second);
    }

    private void transferId(TransferId id) {
        out.putLong(id.high()).putLong(id.low());
    }

    private void silenceLimit(Duration limit) {
        u32(limit.toMillis());
    }

    private void u8(int value) {
        out.put((byte) inRange(value, MAX_U8));
    }

    private void u32(long value) {
        out.putInt((int) inRange(value, MAX_U32));
    }

    private void u64(long value) {
        out.putLong(inRange(value, Long.MAX_VALUE));
    }

    private static long inRange(long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("%d is not between 0 and %d".formatted(value, max));
        }
        return value;
    }

    private void string(String text, int maxBytes) {
        int start = out.position();
        int limit = out.limit();
        out.limit(start + Short.BYTES + maxBytes).position(start + Short.BYTES);
        CoderResult result = utf8.reset().encode(CharBuffer.wrap(text), out, true);
        out.limit(limit);
        if (!result.isUnderflow()) {
            throw new IllegalArgumentException("text is no UTF-8 of at most %d bytes".formatted(maxBytes));
        }
        out.putShort(start, (short) (out.position() - start - Short.BYTES));
    }
}
