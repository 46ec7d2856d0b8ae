package ferry.wire;

/**
 * How a frame lies in the stream of bytes: section 4 of docs/PROTOCOL.md.
 *
 * <pre>
 * +---------+---------+-------------------+-----------------------------------------+
 * | type u8 | flags u8|control length u16 |             body length u32             |
 * +---------+---------+-------------------+-----------------------------------------+
 * |                control payload ...                |         crc32c u32          |
 * +---------------------------------------------------+-----------------------------+
 * |                             body (DATA only) ...                                |
 * +---------------------------------------------------------------------------------+
 * </pre>
 */
final class Framing {
    /** What a connection begins with, from the side that connected: NUL, FERRY, CR, LF. */
    static final long PREFACE = 0x00_46_45_52_52_59_0D_0AL;

    static final int PREFACE_BYTES = Long.BYTES;

    static final int HEADER_BYTES = 8;
    static final int FLAGS_AT = 1;
    static final int CONTROL_LENGTH_AT = 2;
    static final int BODY_LENGTH_AT = 4;
    static final int CRC_BYTES = 4;

    /** Bytes of the largest frame without a body. */
    static final int MAX_FRAME_BYTES = HEADER_BYTES + Limits.MAX_CONTROL + CRC_BYTES;

    /** Bytes of a DATA frame before its body. */
    static final int DATA_FRAME_BYTES = HEADER_BYTES + 24 + CRC_BYTES;

    private Framing() {}
}
