package ferry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/**
 * The control payload of one frame, read field by field from the reader's buffer; one thread.
 *
 * <p>A field that reaches beyond the payload is TRUNCATED, a length above its maximum OVERSIZED, what is left behind
 * the last field TRAILING, and a value out of its range a PROTOCOL_VIOLATION.
 */
final class Payload {
    private static final int LONGEST_STRING = Math.max(Limits.MAX_PATH_BYTES, Limits.MAX_TEXT_BYTES);

    private final ByteBuffer bytes;
    private final Side from;
    private final CharsetDecoder utf8 = UTF_8.newDecoder();
    private final CharBuffer characters = CharBuffer.allocate(LONGEST_STRING);
    private FrameType type = FrameType.KEEPALIVE;
    private int end;

    /** Reads from the position of {@code bytes}, and moves it. */
    Payload(ByteBuffer bytes, Side from) {
        this.bytes = bytes;
        this.from = from;
    }

    void begin(FrameType frameType, int length) {
        type = frameType;
        end = bytes.position() + length;
    }

    int u8(String field) throws TransferException {
        require(Byte.BYTES, field);
        return Byte.toUnsignedInt(bytes.get());
    }

    int u8(String field, int min, int max) throws TransferException {
        return (int) inRange(field, u8(field), min, max);
    }

    int u16(String field) throws TransferException {
        require(Short.BYTES, field);
        return Short.toUnsignedInt(bytes.getShort());
    }

    int u16(String field, int max) throws TransferException {
        return (int) inRange(field, u16(field), 0, max);
    }

    long u32(String field) throws TransferException {
        return Integer.toUnsignedLong(crc(field));
    }

    long u32(String field, long min, long max) throws TransferException {
        return inRange(field, u32(field), min, max);
    }

    int crc(String field) throws TransferException {
        require(Integer.BYTES, field);
        return bytes.getInt();
    }

    /** A size, an offset, a count or the number of an entry. */
    long u64(String field) throws TransferException {
        long value = bits64(field);
        if (value < 0) {
            throw violation("%s is %s, it must be below 2^63".formatted(field, Long.toUnsignedString(value)));
        }
        return value;
    }

    long u64(String field, long min, long max) throws TransferException {
        return inRange(field, u64(field), min, max);
    }

    long i64(String field, long min, long max) throws TransferException {
        return inRange(field, bits64(field), min, max);
    }

    long bits64(String field) throws TransferException {
        require(Long.BYTES, field);
        return bytes.getLong();
    }

    /** A length of bytes or a count: at least 1, and above its maximum OVERSIZED. */
    int length(String field, int max) throws TransferException {
        return (int) inRange(field, atMost(field, u32(field), max), 1, max);
    }

    /** A field of so many bytes, at which the buffer then stands. */
    ByteBuffer raw(String field, int length) throws TransferException {
        require(length, field);
        return bytes;
    }

    String string(String field, int maxBytes) throws TransferException {
        int length = (int) atMost(field, u16(field), maxBytes);
        require(length, field);
        int limit = bytes.limit();
        bytes.limit(bytes.position() + length);
        CoderResult result = utf8.reset().decode(bytes, characters.clear(), true);
        bytes.limit(limit);
        if (result.isError()) {
            throw violation(field + " is not valid UTF-8");
        }
        return characters.flip().toString();
    }

    void finish() throws TransferException {
        if (bytes.position() != end) {
            throw fault(ErrorCode.TRAILING, "%d bytes after the last field".formatted(end - bytes.position()));
        }
    }

    long atMost(String field, long value, long max) throws TransferException {
        if (value > max) {
            throw fault(ErrorCode.OVERSIZED, "%s is %d, at most %d is allowed".formatted(field, value, max));
        }
        return value;
    }

    TransferException violation(String why) {
        return fault(ErrorCode.PROTOCOL_VIOLATION, why);
    }

    TransferException fault(ErrorCode code, String why) {
        return new TransferException(code, "%s frame from the %s".formatted(type, from), why);
    }

    private long inRange(String field, long value, long min, long max) throws TransferException {
        if (value < min || value > max) {
            throw violation("%s is %d, allowed is %d to %d".formatted(field, value, min, max));
        }
        return value;
    }

    private void require(int length, String field) throws TransferException {
        if (end - bytes.position() < length) {
            throw fault(
                    ErrorCode.TRUNCATED,
                    "%s needs %d bytes, %d are left".formatted(field, length, end - bytes.position()));
        }
    }
}
