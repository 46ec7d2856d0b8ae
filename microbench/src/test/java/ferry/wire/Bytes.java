package ferry.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Content to measure with; the same in each run. */
public final class Bytes {
    private static final String[] WORDS = {"ferry ", "harbour ", "tide ", "moor ", "anchor ", "bell\n", "quay ", "fog "
    };

    private Bytes() {}

    /** What no compression makes smaller; direct. */
    public static ByteBuffer random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return direct(bytes);
    }

    /** Numbers and words, of which some third is left; direct. */
    public static ByteBuffer text(int length) {
        Random random = new Random(length);
        StringBuilder text = new StringBuilder(length + 16);
        while (text.length() < length) {
            text.append(random.nextInt(1000)).append(' ').append(WORDS[random.nextInt(WORDS.length)]);
        }
        return direct(text.substring(0, length).getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
