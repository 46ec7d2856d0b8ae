package ferry.receive;

import ferry.entry.Crc32c;
import java.nio.ByteBuffer;

/** The bytes of files that follow from their names. */
final class Contents {
    private Contents() {}

    static byte[] of(String name, int length) {
        byte[] content = new byte[length];
        int seed = name.hashCode();
        for (int i = 0; i < length; i++) {
            content[i] = (byte) (seed + i * 7 + (i >> 8));
        }
        return content;
    }

    static int crc(byte[] content) {
        return Crc32c.of(ByteBuffer.wrap(content));
    }
}
