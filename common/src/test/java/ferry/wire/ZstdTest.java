package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdTest {
    private static final long SEED = 25;

    private ZstdEncoder encoder;
    private ZstdDecoder decoder;

    @BeforeEach
    void open() throws Exception {
        encoder = ZstdEncoder.open();
        decoder = ZstdDecoder.open();
    }

    @AfterEach
    void close() {
        encoder.close();
        decoder.close();
    }

    /** Each way in which the header may give the size, up to the largest body. */
    @ParameterizedTest
    @ValueSource(
            ints = {100, 255, 256, 257, 65_791, 65_792, 131_072, 131_073, 262_145, 524_288, 524_289, Limits.MAX_BODY})
    void decodesWhatItHasEncoded(int length) throws Exception {
        ByteBuffer content = text(length);
        ByteBuffer body = encoded(content);
        assertThat(body.remaining()).isLessThan(length);
        ByteBuffer decoded = ByteBuffer.allocateDirect(length);
        decoder.decode(data(content, body), List.of(body), List.of(decoded));
        assertThat(decoded).isEqualTo(content);
    }

    @Test
    void decodesFromAndIntoPiecesOfAnySize() throws Exception {
        Random random = new Random(SEED);
        ByteBuffer content = text(300_000);
        ByteBuffer body = encoded(content);
        for (int largest : new int[] {9, 1000, 16_384, 65_536}) {
            List<ByteBuffer> parts = cut(body, random, largest);
            List<ByteBuffer> rooms = cut(ByteBuffer.allocateDirect(content.remaining()), random, largest);
            decoder.decode(data(content, body), parts, rooms);
            ByteBuffer joined = ByteBuffer.allocate(content.remaining());
            rooms.forEach(joined::put);
            assertThat(joined.flip()).isEqualTo(content);
        }
    }

    @Test
    void saysThatRandomBytesDoNotFitIntoLess() throws Exception {
        ByteBuffer content = random(100_000);
        assertThat(encoder.encode(content, ByteBuffer.allocateDirect(90_000))).isFalse();
        assertThat(content.remaining()).isEqualTo(100_000);
        ByteBuffer after = text(100_000);
        assertThat(encoder.encode(after, ByteBuffer.allocateDirect(90_000))).isTrue();
    }

    @Test
    void encodesIntoTheOtherHalfOfOneBuffer() throws Exception {
        ByteBuffer whole = ByteBuffer.allocateDirect(200_000);
        ByteBuffer content = text(100_000);
        whole.put(content.duplicate());
        whole.limit(100_000).position(0);
        ByteBuffer half = whole.duplicate().limit(190_000).position(100_000);
        assertThat(encoder.encode(whole, half)).isTrue();
        assertThat(whole).isEqualTo(content);
        ByteBuffer decoded = ByteBuffer.allocateDirect(100_000);
        decoder.decode(data(content, half), List.of(half), List.of(decoded));
        assertThat(decoded).isEqualTo(content);
    }

    /** A bit that nobody needs may be wrong; content never is. */
    @Test
    void takesNoBodyThatWasDamagedForOtherContentAndGoesOnWithTheNextOne() throws Exception {
        ByteBuffer content = text(20_000);
        ByteBuffer body = encoded(content);
        Frame.Data data = data(content, body);
        ByteBuffer decoded = ByteBuffer.allocateDirect(content.remaining());
        int refused = 0;
        for (int at = 0; at < body.remaining(); at++) {
            ByteBuffer damaged = copy(body);
            damaged.put(at, (byte) (damaged.get(at) ^ 0x10));
            try {
                decoder.decode(data, List.of(damaged), List.of(decoded));
                assertThat(decoded).isEqualTo(content);
            } catch (TransferException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FRAME);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(body.remaining() * 9 / 10);
        decoder.decode(data, List.of(copy(body)), List.of(decoded));
        assertThat(decoded).isEqualTo(content);
    }

    @Test
    void refusesABodyThatIsCutAnywhere() throws Exception {
        ByteBuffer content = text(20_000);
        ByteBuffer body = encoded(content);
        Frame.Data data = data(content, body);
        ByteBuffer decoded = ByteBuffer.allocateDirect(content.remaining());
        for (int length = 0; length < body.remaining(); length++) {
            ByteBuffer cut = copy(body).limit(length);
            assertCorrupt(() -> decoder.decode(data, List.of(cut), List.of(decoded)));
        }
    }

    /** A bomb: a MiB of zeros in a few bytes, that claims to be smaller, or larger. */
    @Test
    void writesNoMoreThanTheFrameSays() throws Exception {
        ByteBuffer content = ByteBuffer.allocateDirect(Limits.MAX_BODY);
        ByteBuffer body = encoded(content);
        assertThat(body.remaining()).isLessThan(200);
        int claimed = 1000;
        ByteBuffer room = ByteBuffer.allocateDirect(claimed);
        Frame.Data smaller = new Frame.Data(0, 0, claimed, 0, Encoding.ZSTD, body.remaining());
        assertCorrupt(() -> decoder.decode(smaller, List.of(copy(body)), List.of(room)));
        // The size in the body's own header agrees with the frame now, but there is more.
        ByteBuffer lying = copy(body);
        assertThat(lying.get(4)).isEqualTo((byte) 0xa0);
        lying.put(5, (byte) (claimed & 0xff)).put(6, (byte) (claimed >> 8)).put(7, (byte) 0);
        assertCorrupt(() -> decoder.decode(smaller, List.of(lying), List.of(room)));
    }

    private static List<ByteBuffer> cut(ByteBuffer whole, Random random, int largest) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < whole.remaining(); ) {
            // The header is in the first piece.
            int least = from == 0 ? 9 : 1;
            int length = Math.min(whole.remaining() - from, random.nextInt(least, largest + 1));
            pieces.add(whole.slice(whole.position() + from, length));
            from += length;
        }
        return pieces;
    }

    private ByteBuffer encoded(ByteBuffer content) throws TransferException {
        ByteBuffer body = ByteBuffer.allocateDirect(content.remaining());
        assertThat(encoder.encode(content, body)).isTrue();
        return body;
    }

    private static Frame.Data data(ByteBuffer content, ByteBuffer body) {
        return new Frame.Data(0, 0, content.remaining(), Crc32c.of(content), Encoding.ZSTD, body.remaining());
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining())
                .put(bytes.duplicate())
                .flip();
    }

    /** Words by chance: no two blocks are alike, and all get smaller. */
    private static ByteBuffer text(int length) {
        Random random = new Random(SEED);
        StringBuilder text = new StringBuilder(length + 16);
        while (text.length() < length) {
            text.append(List.of("ferry ", "harbour ", "tide ", "moor ", "anchor ", "bell\n")
                    .get(random.nextInt(6)));
        }
        byte[] bytes = text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(length).put(bytes).flip();
    }

    private static ByteBuffer random(int length) {
        byte[] bytes = new byte[length];
        new Random(SEED).nextBytes(bytes);
        return ByteBuffer.allocateDirect(length).put(bytes).flip();
    }

    private static void assertCorrupt(ThrowingCallable decoding) {
        assertThatThrownBy(decoding)
                .isInstanceOfSatisfying(
                        TransferException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(ErrorCode.CORRUPT_FRAME));
    }
}
