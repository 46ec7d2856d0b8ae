package ferry.net;

import java.nio.ByteBuffer;

/** The header of a record (RFC 8446, section 5.1), which is never encrypted. Stateless. */
final class TlsRecord {
    /** Bytes of a record's header: type, version, length. */
    static final int HEADER_BYTES = 5;

    /** The most that a record's body may have: 2^14 + 256 (section 5.2). */
    static final int MAX_BODY_BYTES = (1 << 14) + 256;

    /** What one record carries at most. */
    static final int MAX_CONTENT_BYTES = 1 << 14;

    /** That we don't let the peer in, of which no other server speaks before it has read a ClientHello (section 6.2). */
    static final byte ACCESS_DENIED = 49;

    /** That we have no place for the peer, which no other server says before it has read a ClientHello (section 6.1). */
    static final byte USER_CANCELED = 90;

    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int ALERT = 21;
    private static final int APPLICATION_DATA = 23;
    private static final int MAJOR_VERSION = 3;
    private static final int MINOR_VERSION = 3;
    private static final int FATAL = 2;
    private static final int ALERT_BYTES = 2;
    private static final int LENGTH_AT = 3;

    /** What sealing adds at the end, with each suite that we use. */
    private static final int TAG_BYTES = 16;

    private TlsRecord() {}

    /** Whether the remaining bytes may be the beginning of a record; true if there are none. */
    static boolean mayBegin(ByteBuffer bytes) {
        int at = bytes.position();
        if (bytes.hasRemaining() && (bytes.get(at) < CHANGE_CIPHER_SPEC || bytes.get(at) > APPLICATION_DATA)) {
            return false;
        }
        return bytes.remaining() < 2 || bytes.get(at + 1) == MAJOR_VERSION;
    }

    /** Bytes of the record that begins here, its header included, or that header's length while it is incomplete. */
    static int length(ByteBuffer bytes) {
        return bytes.remaining() < HEADER_BYTES
                ? HEADER_BYTES
                : HEADER_BYTES + Short.toUnsignedInt(bytes.getShort(bytes.position() + LENGTH_AT));
    }

    /** How many bytes of content there may be in the record that begins here; its padding is not known before it is opened. */
    static int mostContent(ByteBuffer bytes) {
        return length(bytes) - HEADER_BYTES - TAG_BYTES;
    }

    /** A fatal alert as it is written before there are keys. */
    static ByteBuffer alert(byte description) {
        return ByteBuffer.wrap(new byte[] {ALERT, MAJOR_VERSION, MINOR_VERSION, 0, ALERT_BYTES, FATAL, description});
    }

    /** Whether the remaining bytes begin with a fatal alert that is not encrypted and says this. */
    static boolean isAlert(ByteBuffer bytes, byte description) {
        int at = bytes.position();
        return bytes.remaining() >= HEADER_BYTES + ALERT_BYTES
                && bytes.get(at) == ALERT
                && length(bytes) == HEADER_BYTES + ALERT_BYTES
                && bytes.get(at + HEADER_BYTES) == FATAL
                && bytes.get(at + HEADER_BYTES + 1) == description;
    }
}
