package ferry.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** The parts of a frame without regard to what they mean, to make wrong frames of right ones. */
final class RawFrame {
    private final byte[] header;
    private final byte[] control;
    private final byte[] body;

    private RawFrame(byte[] header, byte[] control, byte[] body) {
        this.header = header;
        this.control = control;
        this.body = body;
    }

    static RawFrame of(byte[] frame) {
        int control = Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(Framing.CONTROL_LENGTH_AT));
        int end = Framing.HEADER_BYTES + control;
        return new RawFrame(
                Arrays.copyOf(frame, Framing.HEADER_BYTES),
                Arrays.copyOfRange(frame, Framing.HEADER_BYTES, end),
                Arrays.copyOfRange(frame, end + Framing.CRC_BYTES, frame.length));
    }

    int controlLength() {
        return control.length;
    }

    /** With the control payload cut, or filled up with zeros. */
    RawFrame withControlLength(int length) {
        return new RawFrame(header, Arrays.copyOf(control, length), body);
    }

    /** The frame's bytes, with the length of its control payload and the checksum as they should be. */
    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(header.length + control.length + Framing.CRC_BYTES + body.length)
                .put(header);
        bytes.putShort(Framing.CONTROL_LENGTH_AT, (short) control.length).put(control);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, bytes.position());
        return bytes.putInt((int) crc.getValue()).put(body).array();
    }
}
