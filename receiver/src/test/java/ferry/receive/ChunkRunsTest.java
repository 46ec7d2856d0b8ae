package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChunkRunsTest {
    private static ChunkRuns runs(LongStream chunks) {
        ChunkRuns runs = new ChunkRuns();
        chunks.forEach(runs::add);
        return runs;
    }

    @Test
    void areWhatWasAddedInWhateverOrder() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            ChunkRuns runs = new ChunkRuns();
            BitSet expected = new BitSet();
            for (int i = 0; i < 60; i++) {
                int first = random.nextInt(200);
                int end = first + random.nextInt(5);
                runs.addAll(first, end);
                expected.set(first, end);
            }
            assertThat(runs.chunks().toArray())
                    .as("seed %d", seed)
                    .isEqualTo(expected.stream().asLongStream().toArray());
            for (int chunk = 0; chunk < 210; chunk++) {
                assertThat(runs.contains(chunk)).isEqualTo(expected.get(chunk));
            }
            assertThat(runs.toSet().size()).isEqualTo(expected.cardinality());
        }
    }

    @Test
    void areNamedExactlyAsLongAsTheProtocolCan() {
        ChunkRuns runs = runs(LongStream.range(0, ChunkSet.MAX_RANGES).map(run -> 2 * run));
        assertThat(runs.toSet().ranges()).hasSize(ChunkSet.MAX_RANGES);
        assertThat(runs.toSet().size()).isEqualTo(ChunkSet.MAX_RANGES);
    }

    @Test
    void areNamedWithTheSmallestGapsIfTheyAreTooMany() {
        // Every gap is of one chunk, but for each tenth, which is of five.
        ChunkRuns runs = runs(LongStream.range(0, 1000).map(run -> 2 * run + 4 * (run / 10)));
        ChunkSet set = runs.toSet();
        assertThat(set.ranges()).hasSize(100);
        assertThat(runs.chunks()).allMatch(set::contains);
        assertThat(set.contains(1)).as("a gap of one").isTrue();
        assertThat(set.contains(20)).as("a gap of five").isFalse();
    }

    @Test
    void countTheBytesOfALastChunkThatIsShorter() {
        long size = 3L * Chunks.SIZE + 10;
        assertThat(runs(LongStream.of(0, 3)).bytes(size)).isEqualTo(Chunks.SIZE + 10L);
        assertThat(new ChunkRuns().bytes(size)).isZero();
    }

    @Test
    void areCutToWhatIsThere() {
        ChunkRuns runs = runs(LongStream.of(0, 1, 3));
        long size = 3L * Chunks.SIZE + 10;
        assertThat(runs.within(size, size).chunks()).containsExactly(0L, 1L, 3L);
        assertThat(runs.within(size - 1, size).chunks()).containsExactly(0L, 1L);
        assertThat(runs.within(2L * Chunks.SIZE - 1, size).chunks()).containsExactly(0L);
        assertThat(runs.within(size, Chunks.SIZE + 1).chunks()).containsExactly(0L, 1L);
        assertThat(runs.within(0, size).isEmpty()).isTrue();
    }
}
