package ferry.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoverageTest {
    private static final long SEED = 7_421_903;
    private static final int CHUNK = Chunks.SIZE;
    private static final int FRAME = 1 << 20;
    private static final Object ONE = "one stream";
    private static final Object OTHER = "another stream";

    @Test
    void anEmptyFileIsWholeAtOnce() {
        assertThat(Coverage.ofSize(0).isWhole(0)).isTrue();
        assertThat(Coverage.ofSize(0).crc(0)).isEqualTo(Crc32c.EMPTY);
        assertThat(Coverage.ofUnknownSize().isWhole(0)).isTrue();
        assertThat(Coverage.ofUnknownSize().isWhole(1)).isFalse();
    }

    @Test
    void aFileIsWholeWithItsLastByteAndNotBefore() throws TransferException {
        Coverage coverage = Coverage.ofSize(CHUNK + 3L);
        coverage.add(CHUNK, 2, 0);
        coverage.add(0, CHUNK, 0);
        assertThat(coverage.isWhole(CHUNK + 2L)).isTrue();
        assertThat(coverage.isWhole(CHUNK + 3L)).isFalse();

        coverage.add(CHUNK + 2L, 1, 0);
        assertThat(coverage.isWhole(CHUNK + 3L)).isTrue();
        assertThat(coverage.isWhole(CHUNK + 2L)).isFalse();
        assertThat(coverage.bytes()).isEqualTo(CHUNK + 3L);
    }

    @Test
    void asManyBytesAsTheSizeAreNotTheWholeIfOneLiesBehindIt() throws TransferException {
        Coverage coverage = Coverage.ofUnknownSize();
        coverage.add(0, CHUNK - 1, 0);
        coverage.add(CHUNK, 1, 0);
        assertThat(coverage.bytes()).isEqualTo(CHUNK);
        assertThat(coverage.isWhole(CHUNK)).isFalse();
        assertThatThrownBy(() -> coverage.crc(CHUNK)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFileInOrderCostsTheSameWhateverItsSize() throws TransferException {
        Coverage coverage = Coverage.ofUnknownSize();
        int most = 0;
        for (long offset = 0; offset < 1000L * CHUNK; offset += FRAME) {
            coverage.add(offset, FRAME, 0);
            most = Math.max(most, coverage.pieces());
        }
        assertThat(most).isEqualTo(2);
    }

    @Test
    void holesAreForgottenAsTheyAreFilled() throws TransferException {
        Coverage coverage = Coverage.ofSize(100L * CHUNK);
        for (int chunk = 0; chunk < 100; chunk += 2) {
            coverage.add((long) chunk * CHUNK, CHUNK, 0);
        }
        assertThat(coverage.pieces()).isEqualTo(50);
        for (int chunk = 99; chunk > 0; chunk -= 2) {
            coverage.add((long) chunk * CHUNK, CHUNK, 0);
        }
        assertThat(coverage.pieces()).isEqualTo(1);
        assertThat(coverage.isWhole(100L * CHUNK)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 1",
        "-8388608, 8388608",
        "0, 0",
        "0, -1",
        "20000000, 1",
        "19999999, 2",
        "9223372036854775807, 1",
        "9223372036854775807, 2147483647",
        "0, 2147483647",
        "0, 8388609",
        "8388607, 2",
        "16777216, 3222785",
        "1, 1",
        "8388609, 1"
    })
    void refusesDataThatCannotBelongToTheFile(long offset, int length) {
        Coverage coverage = Coverage.ofSize(20_000_000);
        assertRefused(coverage, offset, length);
        assertThat(coverage.bytes()).isZero();
        assertThat(coverage.pieces()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "9223372036854775807, 1", "9223372036854775806, 2", "0, 0", "8388607, 2"})
    void refusesDataThatCannotBelongToAnyFile(long offset, int length) {
        assertRefused(Coverage.ofUnknownSize(), offset, length);
    }

    @Test
    void takesTheLastByteThatAFileCanHave() throws TransferException {
        Coverage coverage = Coverage.ofUnknownSize();
        long lastChunk = Chunks.start(Chunks.of(Long.MAX_VALUE - 1));
        coverage.add(lastChunk, (int) (Long.MAX_VALUE - lastChunk), 0);
        assertThat(coverage.contains(Chunks.of(lastChunk))).isTrue();
    }

    @Test
    void refusesBytesThatArrivedAlready() throws TransferException {
        Coverage coverage = Coverage.ofSize(2L * CHUNK);
        coverage.add(0, 100, 0);
        assertRefused(coverage, 99, 1);
        assertRefused(coverage, 1, 200);
        assertRefused(coverage, 101, 1);
        assertThat(coverage.bytes()).isEqualTo(100);
    }

    @Test
    void refusesAChunkThatIsComplete() throws TransferException {
        Coverage coverage = Coverage.ofSize(CHUNK + 5L);
        coverage.add(0, CHUNK, 0);
        coverage.add(CHUNK, 5, 0);
        assertRefused(coverage, 0, CHUNK);
        assertRefused(coverage, CHUNK - 1L, 1);
        assertRefused(coverage, CHUNK, 5);
        assertThat(coverage.isWhole(CHUNK + 5L)).isTrue();
    }

    @Test
    void aChunkBegunAgainReplacesWhatItHad() throws TransferException {
        byte[] bytes = random(CHUNK);
        Coverage coverage = Coverage.ofSize(CHUNK);
        coverage.add(0, 3 * FRAME, 0xdead_beef);
        coverage.add(0, FRAME, crc(bytes, 0, FRAME));
        assertThat(coverage.bytes()).isEqualTo(FRAME);
        coverage.add(FRAME, CHUNK - FRAME, crc(bytes, FRAME, CHUNK - FRAME));

        assertThat(coverage.isWhole(CHUNK)).isTrue();
        assertThat(coverage.crc(CHUNK)).isEqualTo(crc(bytes, 0, CHUNK));
    }

    @Test
    void whatIsWrittenOverAChunkThatIsCompleteIsRefused() throws TransferException {
        Coverage coverage = Coverage.ofSize(2L * CHUNK);
        coverage.writes(0, CHUNK, ONE);
        coverage.add(0, CHUNK, 0);
        assertWriteRefused(coverage, 0, 1, ONE);
        assertWriteRefused(coverage, 0, 1, OTHER);
        assertWriteRefused(coverage, CHUNK - 1L, 1, ONE);
        assertThat(coverage.bytes()).isEqualTo(CHUNK);
    }

    @Test
    void aFrameThatBreaksOffTakesWithItWhatItsChunkHad() throws TransferException {
        Coverage coverage = Coverage.ofSize(CHUNK);
        coverage.writes(0, FRAME, ONE);
        coverage.add(0, FRAME, 1);
        coverage.writes(0, 5, OTHER);
        assertThat(coverage.bytes()).isZero();
        assertWriteRefused(coverage, FRAME, FRAME, ONE);
        assertWriteRefused(coverage, 5, 5, ONE);
        assertRefused(coverage, FRAME, FRAME);

        coverage.writes(5, FRAME - 5, OTHER);
        coverage.add(0, FRAME, 2);
        assertThat(coverage.bytes()).isEqualTo(FRAME);
    }

    @Test
    void whatIsWrittenGoesOnWhereTheSameStreamStopped() throws TransferException {
        Coverage coverage = Coverage.ofSize(CHUNK);
        coverage.writes(0, 10, ONE);
        assertWriteRefused(coverage, 10, 1, OTHER);
        assertWriteRefused(coverage, 9, 1, ONE);
        assertWriteRefused(coverage, 11, 1, ONE);
        coverage.writes(10, 10, ONE);
        coverage.add(0, 20, 1);
        coverage.writes(20, CHUNK - 20, ONE);
        coverage.add(20, CHUNK - 20, 2);
        assertThat(coverage.isWhole(CHUNK)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "19999999, 2", "9223372036854775807, 2147483647", "8388607, 2", "1, 1"})
    void refusesToWriteWhatCannotBelongToTheFile(long offset, int length) {
        Coverage coverage = Coverage.ofSize(20_000_000);
        assertWriteRefused(coverage, offset, length, ONE);
        assertThat(coverage.pieces()).isZero();
    }

    private static void assertWriteRefused(Coverage coverage, long offset, int length, Object stream) {
        assertThatThrownBy(() -> coverage.writes(offset, length, stream))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION));
    }

    @Test
    void knowsWhichChunksAreComplete() throws TransferException {
        Coverage coverage = Coverage.ofSize(3L * CHUNK + 1);
        coverage.add(CHUNK, CHUNK, 0);
        coverage.add(0, CHUNK - 1, 0);
        coverage.add(3L * CHUNK, 1, 0);
        assertThat(LongStream.range(0, 5).filter(coverage::contains)).containsExactly(1L, 3L);
    }

    @Test
    void refusesMoreChunksUnderWayThanTheLimit() throws TransferException {
        Coverage coverage = Coverage.ofUnknownSize();
        for (long chunk = 0; chunk < Coverage.MAX_OPEN_CHUNKS; chunk++) {
            coverage.add(2 * chunk * CHUNK, 1, 0);
        }
        assertRefused(coverage, CHUNK, 1);

        coverage.add(1, CHUNK - 1, 0);
        coverage.add(CHUNK, 1, 0);
    }

    @Test
    void refusesMoreHolesThanTheLimitButStillFillsThem() throws TransferException {
        Coverage coverage = Coverage.ofUnknownSize();
        for (long chunk = 0; chunk < Coverage.MAX_RUNS; chunk++) {
            coverage.add(3 * chunk * CHUNK, CHUNK, 0);
        }
        long behindAll = 3L * Coverage.MAX_RUNS * CHUNK;
        assertRefused(coverage, behindAll, 1);

        coverage.add(CHUNK, CHUNK, 0);
        coverage.add(5L * CHUNK, CHUNK, 0);
        assertThat(coverage.pieces()).isEqualTo(Coverage.MAX_RUNS);
        coverage.add(2L * CHUNK, CHUNK, 0);
        coverage.add(behindAll, 1, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void givesTheCrcOfTheWholeWhateverTheOrderOfItsFrames(int streams) throws TransferException {
        Random random = new Random(SEED + streams);
        byte[] bytes = random(5 * CHUNK);
        for (int round = 0; round < 15; round++) {
            int size = random.nextInt(bytes.length) + 1;
            Coverage coverage = random.nextBoolean() ? Coverage.ofSize(size) : Coverage.ofUnknownSize();
            deliver(coverage, bytes, size, streams, random);
            assertThat(coverage.isWhole(size))
                    .as("seed %d, %d streams, round %d, size %d", SEED, streams, round, size)
                    .isTrue();
            assertThat(coverage.crc(size))
                    .as("seed %d, %d streams, round %d, size %d", SEED, streams, round, size)
                    .isEqualTo(crc(bytes, 0, size));
        }
    }

    /** Streams take chunks in any order and their frames interleave; now and then one breaks and its chunk is sent again. */
    private static void deliver(Coverage coverage, byte[] bytes, int size, int streams, Random random)
            throws TransferException {
        List<Long> shuffled =
                new ArrayList<>(LongStream.range(0, Chunks.count(size)).boxed().toList());
        Collections.shuffle(shuffled, random);
        Deque<Long> waiting = new ArrayDeque<>(shuffled);
        List<Cursor> busy = new ArrayList<>();
        while (!waiting.isEmpty() || !busy.isEmpty()) {
            if (busy.size() < streams && !waiting.isEmpty()) {
                busy.add(new Cursor(waiting.remove(), size));
            }
            Cursor cursor = busy.get(random.nextInt(busy.size()));
            int length = Math.min(cursor.left(), 1 + random.nextInt(FRAME));
            coverage.add(cursor.offset, length, crc(bytes, (int) cursor.offset, length));
            cursor.offset += length;
            if (cursor.left() == 0) {
                busy.remove(cursor);
            } else if (random.nextInt(40) == 0) {
                busy.remove(cursor);
                waiting.add(cursor.chunk);
            }
        }
    }

    @Test
    void agreesWithASimpleModelOnWhatToRefuse() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            long size = random.nextLong(4L * CHUNK) + 1;
            Coverage coverage = Coverage.ofSize(size);
            Model model = new Model(size);
            for (int step = 0; step < 60; step++) {
                long offset = model.somewhere(random);
                int length = model.someLength(offset, random);
                assertThat(accepts(coverage, offset, length))
                        .as("seed %d, round %d, step %d: %d at %d of %d", SEED, round, step, length, offset, size)
                        .isEqualTo(model.accepts(offset, length));
                assertThat(coverage.bytes()).isEqualTo(model.bytes());
                assertThat(coverage.isWhole(size)).isEqualTo(model.bytes() == size);
            }
        }
    }

    private static boolean accepts(Coverage coverage, long offset, int length) {
        try {
            coverage.add(offset, length, 0);
            return true;
        } catch (TransferException e) {
            return false;
        }
    }

    private static void assertRefused(Coverage coverage, long offset, int length) {
        assertThatThrownBy(() -> coverage.add(offset, length, 0))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }

    private static int crc(byte[] bytes, int offset, int length) {
        return Crc32c.of(ByteBuffer.wrap(bytes, offset, length));
    }

    /** Where a stream is in the chunk that it sends. */
    private static final class Cursor {
        private final long chunk;
        private final long end;
        private long offset;

        Cursor(long chunk, long size) {
            this.chunk = chunk;
            this.offset = Chunks.start(chunk);
            this.end = offset + Chunks.length(chunk, size);
        }

        int left() {
            return (int) (end - offset);
        }
    }

    /** How far each chunk has come, and nothing else. */
    private static final class Model {
        private final long size;
        private final int[] done;

        Model(long size) {
            this.size = size;
            this.done = new int[(int) Chunks.count(size)];
        }

        long somewhere(Random random) {
            int chunk = random.nextInt(done.length);
            long start = Chunks.start(chunk);
            return switch (random.nextInt(8)) {
                case 0 -> start;
                case 1 -> start + random.nextInt(CHUNK);
                default -> start + done[chunk];
            };
        }

        int someLength(long offset, Random random) {
            int left = (int) (CHUNK - offset % CHUNK);
            return switch (random.nextInt(6)) {
                case 0 -> left;
                case 1 -> left + 1;
                case 2 -> (int) Math.min(left, Math.max(size - offset, 1));
                default -> 1 + random.nextInt(left);
            };
        }

        boolean accepts(long offset, int length) {
            if (offset >= size) {
                return false;
            }
            int chunk = (int) Chunks.of(offset);
            int within = (int) (offset - Chunks.start(chunk));
            int full = Chunks.length(chunk, size);
            if (done[chunk] == full || (within != 0 && within != done[chunk]) || within + length > full) {
                return false;
            }
            done[chunk] = within + length;
            return true;
        }

        long bytes() {
            long sum = 0;
            for (int length : done) {
                sum += length;
            }
            return sum;
        }
    }
}
