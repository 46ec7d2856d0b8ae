package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunksTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "8388607, 1", "8388608, 1", "8388609, 2", "9223372036854775807, 1099511627776"})
    void countsTheChunksOfAFile(long size, long chunks) {
        assertThat(Chunks.count(size)).isEqualTo(chunks);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "8388607, 0", "8388608, 1", "9223372036854775807, 1099511627775"})
    void findsTheChunkOfAnOffset(long offset, long chunk) {
        assertThat(Chunks.of(offset)).isEqualTo(chunk);
        assertThat(Chunks.start(chunk)).isEqualTo(offset - offset % Chunks.SIZE);
    }

    @Test
    void onlyTheLastChunkIsShorter() {
        assertThat(Chunks.length(0, 8_388_609)).isEqualTo(Chunks.SIZE);
        assertThat(Chunks.length(1, 8_388_609)).isEqualTo(1);
        assertThat(Chunks.length(0, 8_388_608)).isEqualTo(Chunks.SIZE);
        assertThat(Chunks.length(1_099_511_627_775L, Long.MAX_VALUE)).isEqualTo(Chunks.SIZE - 1);
    }

    @Test
    void refusesNumbersThatNoFileHas() {
        assertThatIllegalArgumentException().isThrownBy(() -> Chunks.count(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Chunks.of(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Chunks.start(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Chunks.length(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Chunks.length(1, Chunks.SIZE));
        assertThatIllegalArgumentException().isThrownBy(() -> Chunks.length(-1, 1));
    }
}
