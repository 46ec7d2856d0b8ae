package ferry.fuzz;

import ferry.entry.Crc32c;
import ferry.wire.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes the checksums of frames right, which no fuzzer would ever guess, so that what it changes gets past them. */
public final class Seal {
    private static final int HEADER = 8;
    private static final int CRC = 4;
    private static final int DATA = 0x15;
    private static final int DATA_CONTROL = 24;
    private static final int DATA_CRC_AT = HEADER + 20;
    private static final long PREFACE = 0x00_46_45_52_52_59_0D_0AL;

    private Seal() {}

    /** Where each whole frame ends, after the preface if there is one. */
    public static List<Integer> ends(byte[] wire) {
        ByteBuffer bytes = ByteBuffer.wrap(wire);
        List<Integer> ends = new ArrayList<>();
        for (int at = start(bytes); at + HEADER + CRC <= wire.length; at = ends.getLast()) {
            long end = end(bytes, at);
            if (end < 0) {
                break;
            }
            ends.add((int) end);
        }
        return ends;
    }

    private static int start(ByteBuffer bytes) {
        return bytes.limit() >= Long.BYTES && bytes.getLong(0) == PREFACE ? Long.BYTES : 0;
    }

    /** Where the frame ends that begins here; -1 if it is not whole, or too long. */
    private static long end(ByteBuffer bytes, int at) {
        int control = Short.toUnsignedInt(bytes.getShort(at + 2));
        long body = Integer.toUnsignedLong(bytes.getInt(at + 4));
        long end = at + HEADER + CRC + control + body;
        return control > Limits.MAX_CONTROL || body > Limits.MAX_BODY || end > bytes.limit() ? -1 : end;
    }

    /** The same bytes with each frame's checksums corrected, up to the first that is not whole. */
    public static byte[] frames(byte[] wire) {
        ByteBuffer bytes = ByteBuffer.wrap(wire.clone());
        int at = start(bytes);
        for (int end : ends(wire)) {
            int control = Short.toUnsignedInt(bytes.getShort(at + 2));
            int bodyAt = at + HEADER + control + CRC;
            if (bytes.get(at) == DATA && control >= DATA_CONTROL) {
                bytes.putInt(at + DATA_CRC_AT, Crc32c.of(bytes.slice(bodyAt, end - bodyAt)));
            }
            bytes.putInt(bodyAt - CRC, Crc32c.of(bytes.slice(at, HEADER + control)));
            at = end;
        }
        return bytes.array();
    }
}
