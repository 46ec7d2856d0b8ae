package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ChunkDigestTest {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void givesThePublishedDigestOfAbcAndLeavesTheBufferAlone() {
        ByteBuffer direct = ByteBuffer.allocateDirect(8);
        direct.put(2, "abc".getBytes(StandardCharsets.US_ASCII));
        direct.position(2).limit(5);

        assertThat(ChunkDigest.of(direct)).hasToString(ABC);
        assertThat(direct.position()).isEqualTo(2);
    }

    @Test
    void hashesPieceByPieceAndThenAnew() {
        ChunkDigest.Hasher hasher = new ChunkDigest.Hasher();
        for (int round = 0; round < 2; round++) {
            hasher.update(ascii("a"));
            hasher.update(ascii("bc"));
            assertThat(hasher.finish()).hasToString(ABC);
        }
    }

    @Test
    void readsBackWhatItWrote() {
        ChunkDigest digest = ChunkDigest.of(ascii("abc"));
        ByteBuffer wire = ByteBuffer.allocate(ChunkDigest.LENGTH + 1);
        digest.write(wire);
        assertThat(wire.remaining()).isEqualTo(1);

        ChunkDigest read = ChunkDigest.read(wire.flip());
        assertThat(wire.hasRemaining()).isFalse();
        assertThat(read).isEqualTo(digest).hasSameHashCodeAs(digest);
    }

    @Test
    void differsWhereverOneBitDoes() {
        ByteBuffer wire = ByteBuffer.allocate(ChunkDigest.LENGTH);
        for (int i = 0; i < ChunkDigest.LENGTH; i++) {
            wire.put(i, (byte) 1);
            assertThat(ChunkDigest.read(wire.rewind())).isNotEqualTo(ChunkDigest.read(ByteBuffer.allocate(32)));
            wire.put(i, (byte) 0);
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
