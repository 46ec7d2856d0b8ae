package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Crc32cTest {
    @Test
    void givesTheSumOfEachPieceThatIsAppended() {
        Crc32c whole = new Crc32c();
        for (String text : List.of("1234", "56789")) {
            ByteBuffer piece = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            assertThat(whole.update(piece)).isEqualTo(Crc32c.of(piece));
        }
        assertThat(whole.value()).isEqualTo(0xe3069283);
        assertThat(whole.length()).isEqualTo(9);
    }

    private static final long SEED = 20_250_402;

    @Test
    void givesThePublishedCheckValue() {
        assertThat(Crc32c.of(ascii("123456789"))).isEqualTo(0xe306_9283);
        assertThat(Crc32c.of(ascii(""))).isEqualTo(Crc32c.EMPTY);
    }

    @Test
    void givesTheVectorsOfRfc3720() {
        ByteBuffer rising = ByteBuffer.allocate(32);
        for (byte b = 0; b < 32; b++) {
            rising.put(b);
        }
        assertThat(Crc32c.of(ByteBuffer.allocate(32))).isEqualTo(0x8a91_36aa);
        assertThat(Crc32c.of(rising.flip())).isEqualTo(0x46dd_794e);
    }

    @Test
    void readsOnlyWhatIsBetweenPositionAndLimitAndMovesNeither() {
        ByteBuffer direct = ByteBuffer.allocateDirect(32);
        direct.put(3, "123456789".getBytes(StandardCharsets.US_ASCII));
        direct.position(3).limit(12);

        assertThat(Crc32c.of(direct)).isEqualTo(0xe306_9283);
        assertThat(direct.position()).isEqualTo(3);
        assertThat(direct.limit()).isEqualTo(12);
    }

    @Test
    void combinesEverySplitOfAText() {
        String text = "The quick brown fox jumps over the lazy dog";
        for (int split = 0; split <= text.length(); split++) {
            int first = Crc32c.of(ascii(text.substring(0, split)));
            int second = Crc32c.of(ascii(text.substring(split)));
            assertThat(Crc32c.combine(first, second, text.length() - split))
                    .as("split at %d", split)
                    .isEqualTo(Crc32c.of(ascii(text)));
        }
    }

    @Test
    void combinesRandomPiecesOfAllLengthsAsIfTheyWereOne() {
        Random random = new Random(SEED);
        for (int round = 0; round < 300; round++) {
            byte[] bytes = new byte[random.nextInt(1 << random.nextInt(20)) + 1];
            random.nextBytes(bytes);
            int split = random.nextInt(bytes.length + 1);
            int first = Crc32c.of(ByteBuffer.wrap(bytes, 0, split));
            int second = Crc32c.of(ByteBuffer.wrap(bytes, split, bytes.length - split));
            assertThat(Crc32c.combine(first, second, bytes.length - split))
                    .as("seed %d, round %d: %d bytes split at %d", SEED, round, bytes.length, split)
                    .isEqualTo(Crc32c.of(ByteBuffer.wrap(bytes)));
        }
    }

    @Test
    void combinesARunOfZerosLongerThanFourGibibytes() {
        long length = (4L << 30) + 12_345;
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        CRC32C oneByOne = new CRC32C();
        oneByOne.update(ascii("head"));
        CRC32C zerosAlone = new CRC32C();
        for (long left = length; left > 0; left -= zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), left));
            oneByOne.update(zeros);
            zerosAlone.update(zeros.rewind());
        }

        assertThat(Crc32c.combine(Crc32c.of(ascii("head")), (int) zerosAlone.getValue(), length))
                .isEqualTo((int) oneByOne.getValue());
    }

    /** Past 2^28 bytes the powers of x repeat, and at another period than those of the CRC of zlib. */
    @ParameterizedTest
    @ValueSource(
            longs = {1L << 27, 1L << 28, 1L << 29, 1L << 31, 1L << 32, 1L << 40, 1L << 61, 1_234_567_890_123_456_789L})
    void combinesTwiceALengthAsTwoTimesThatLength(long length) {
        int head = Crc32c.of(ascii("head"));
        int once = Crc32c.combine(head, Crc32c.EMPTY, length);

        assertThat(Crc32c.combine(head, Crc32c.EMPTY, 2 * length))
                .isEqualTo(Crc32c.combine(once, Crc32c.EMPTY, length))
                .isNotEqualTo(head);
    }

    @Test
    void combinesAlikeHoweverThePiecesAreGrouped() {
        Random random = new Random(SEED);
        for (int round = 0; round < 1_000; round++) {
            int a = random.nextInt();
            int b = random.nextInt();
            int c = random.nextInt();
            long lengthB = random.nextLong(Long.MAX_VALUE / 2);
            long lengthC = random.nextLong(Long.MAX_VALUE / 2);
            int leftFirst = Crc32c.combine(Crc32c.combine(a, b, lengthB), c, lengthC);
            int rightFirst = Crc32c.combine(a, Crc32c.combine(b, c, lengthC), lengthB + lengthC);
            assertThat(leftFirst)
                    .as("seed %d, round %d: lengths %d and %d", SEED, round, lengthB, lengthC)
                    .isEqualTo(rightFirst);
        }
    }

    @Test
    void combiningWithNothingChangesNothing() {
        assertThat(Crc32c.combine(0x1234_5678, Crc32c.EMPTY, 0)).isEqualTo(0x1234_5678);
        assertThat(Crc32c.combine(Crc32c.EMPTY, 0x1234_5678, 99)).isEqualTo(0x1234_5678);
    }

    @Test
    void refusesANegativeLength() {
        assertThatThrownBy(() -> Crc32c.combine(1, 2, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    @Test
    void accumulatesBytesAndPiecesOfKnownCrcAlike() {
        Crc32c crc = new Crc32c();
        crc.update(ascii("1234"));
        crc.append(Crc32c.of(ascii("56")), 2);
        crc.update(ascii(""));
        crc.update(ascii("789"));

        assertThat(crc.value()).isEqualTo(0xe306_9283);
        assertThat(crc.length()).isEqualTo(9);

        crc.reset();
        assertThat(crc.value()).isEqualTo(Crc32c.EMPTY);
        assertThat(crc.length()).isZero();
    }

    @Test
    void isShownAsEightDigitsWhateverItsSize() {
        assertThat(Crc32c.hex(0xe306_9283)).isEqualTo("e3069283");
        assertThat(Crc32c.hex(0xab)).isEqualTo("000000ab");
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
