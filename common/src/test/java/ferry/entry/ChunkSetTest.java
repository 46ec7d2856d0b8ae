package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.ChunkSet.Range;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkSetTest {
    @Test
    void containsWhatItsRangesHaveAndNothingElse() throws TransferException {
        ChunkSet set = ChunkSet.of(List.of(new Range(1, 2), new Range(5, 1), new Range(8, 3)));

        assertThat(LongStream.range(-1, 13).filter(set::contains)).containsExactly(1L, 2L, 5L, 8L, 9L, 10L);
        assertThat(set.size()).isEqualTo(6);
        assertThat(set).hasToString("[1-2, 5, 8-10]");
    }

    @Test
    void allChunksOfAnEmptyFileAreNone() throws TransferException {
        assertThat(ChunkSet.all(0))
                .isEqualTo(ChunkSet.NONE)
                .isEqualTo(ChunkSet.of(List.of()))
                .hasToString("[]");
        assertThat(ChunkSet.NONE.contains(0)).isFalse();
        assertThat(ChunkSet.all(3)).isEqualTo(ChunkSet.of(List.of(new Range(0, 3))));
        assertThatIllegalArgumentException().isThrownBy(() -> ChunkSet.all(-1));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "0, -1", "9, 1", "10, 1", "9223372036854775807, 1", "20, 9223372036854775807"})
    void refusesARangeThatMakesNoSenseOrDoesNotFollowAfterAGap(long first, long count) {
        assertThatThrownBy(() -> ChunkSet.of(List.of(new Range(5, 5), new Range(first, count))))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION));
    }

    @Test
    void takesAsManyRangesAsTheLimitAndNoMore() throws TransferException {
        assertThat(ChunkSet.of(everyOther(ChunkSet.MAX_RANGES)).size()).isEqualTo(ChunkSet.MAX_RANGES);
        assertThatThrownBy(() -> ChunkSet.of(everyOther(ChunkSet.MAX_RANGES + 1)))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERSIZED));
    }

    private static List<Range> everyOther(int count) {
        return LongStream.range(0, count).mapToObj(i -> new Range(2 * i, 1)).toList();
    }
}
