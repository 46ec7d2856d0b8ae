package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FrameCompressorTest {
    private static final int LENGTH = 100_000;
    private static final long LARGE = 8 << 20;

    private final CompressionPlan plan = new CompressionPlan(Compression.ZSTD, (method, why) -> {});
    private final FrameCompressor compressor = new FrameCompressor(plan);
    private final ByteBuffer body = ByteBuffer.allocateDirect(LENGTH);

    @BeforeEach
    void agree() {
        plan.agreed();
    }

    @AfterEach
    void close() {
        compressor.close();
    }

    private boolean compress(ByteBuffer content) {
        return compressor.compress(content, body.clear());
    }

    private static ByteBuffer direct(byte[] content) {
        return ByteBuffer.allocateDirect(content.length).put(content).flip();
    }

    private static ByteBuffer text() {
        return direct("to and fro, ".repeat(LENGTH / 12).getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer random() {
        byte[] content = new byte[LENGTH];
        new Random(1).nextBytes(content);
        return direct(content);
    }

    /** Of so many frames of this entry, which all do not get smaller, how many were tried. */
    private int tried(long entry, long left, int frames) {
        int tried = 0;
        for (int i = 0; i < frames; i++) {
            if (compressor.tries(entry, left)) {
                tried++;
                assertThat(compress(random())).isFalse();
            }
        }
        return tried;
    }

    @Test
    void compressesWhatGetsSmaller() {
        assertThat(compressor.tries(0, LARGE)).isTrue();
        assertThat(compress(text())).isTrue();
        assertThat(body.remaining()).isLessThan(LENGTH / 10);
    }

    @Test
    void triesEverMoreRarelyWhatDoesNot() {
        assertThat(tried(0, LARGE, 100)).isLessThan(10);
        assertThat(tried(0, LARGE, 1000)).isBetween(20, 40);
    }

    @Test
    void eachLargeFileIsAnotherChance() {
        tried(0, LARGE, 1000);
        assertThat(compressor.tries(1, LARGE)).isTrue();
        assertThat(compress(text())).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(compressor.tries(1, LARGE)).isTrue();
        }
    }

    @Test
    void smallFilesShareTheirChances() {
        int tried = 0;
        for (int entry = 0; entry < 1000; entry++) {
            tried += tried(entry, 10_000, 1);
        }
        assertThat(tried).isLessThan(60);
    }

    @Test
    void leavesWhatIsTinyAsItIs() {
        assertThat(compress(direct(new byte[100]))).isFalse();
        assertThat(compressor.tries(0, 100)).isTrue();
    }

    @Test
    void triesNothingWhileThePlanDoesNotWantIt() {
        plan.unavailable("as the test wants it");
        assertThat(compressor.tries(0, LARGE)).isFalse();
    }
}
