package ferry.receive;

import static ferry.receive.TestDisk.MODIFIED;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.options;
import static ferry.receive.TestDisk.path;
import static ferry.receive.TestDisk.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import ferry.entry.ChunkDigest;
import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import ferry.entry.Durability;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CandidateTest {
    private static final int SIZE = Chunks.SIZE + 12_345;
    private static final byte[] CONTENT = random(SIZE, 1);
    private static final int CRC = Crc32c.of(ByteBuffer.wrap(CONTENT));

    @TempDir
    Path out;

    @FunctionalInterface
    private interface Use {
        void of(Admission.Compare compare, Inbox inbox) throws Exception;
    }

    private void compare(ConflictPolicy policy, Use use) throws Exception {
        compare(options(policy), use);
    }

    private void compare(StorageOptions options, Use use) throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, options);
                Inbox inbox = folder.open()) {
            Admission admission = inbox.admit(file("big", SIZE));
            assertThat(admission).isInstanceOf(Admission.Compare.class);
            use.of((Admission.Compare) admission, inbox);
            admission.staged().abandon();
            assertThat(TestDisk.staged(out)).isEmpty();
        }
    }

    private static ChunkSum expected(byte[] content, int from, int length) {
        ByteBuffer slice = ByteBuffer.wrap(content, from, length).slice();
        return new ChunkSum(ChunkDigest.of(slice), Crc32c.of(slice), length);
    }

    @ParameterizedTest
    @EnumSource
    void acceptsTheSameFileWithoutStagingAnything(ConflictPolicy policy) throws Exception {
        Files.write(out.resolve("big"), CONTENT);
        compare(policy, (compare, inbox) -> {
            Candidate candidate = compare.candidate().orElseThrow();
            assertThat(candidate.sum(0)).contains(expected(CONTENT, 0, Chunks.SIZE));
            assertThat(candidate.sum(1)).contains(expected(CONTENT, Chunks.SIZE, 12_345));
            assertThat(candidate.same(CRC)).hasValueSatisfying(placement -> {
                assertThat(placement.path()).isEqualTo(path("big"));
                assertThat(placement.outcome()).isEqualTo(Outcome.SAME);
                assertThat(placement.durability()).isEqualTo(Durability.DURABLE);
                assertThat(placement.unsynced()).isPresent();
            });
            assertThat(TestDisk.staged(out)).isEmpty();
        });
    }

    @Test
    void copiesAChunkIntoTheStagedFile() throws Exception {
        byte[] old = CONTENT.clone();
        old[Chunks.SIZE + 5]++;
        Files.write(out.resolve("big"), old);
        compare(ConflictPolicy.OVERWRITE, (compare, inbox) -> {
            Candidate candidate = compare.candidate().orElseThrow();
            assertThat(candidate.sum(1)).isNotEqualTo(java.util.Optional.of(expected(CONTENT, Chunks.SIZE, 12_345)));
            candidate.differs();
            assertThat(candidate.copy(0, compare.staged())).contains(expected(CONTENT, 0, Chunks.SIZE));
            ByteBuffer rest = TestDisk.direct(java.util.Arrays.copyOfRange(CONTENT, Chunks.SIZE, SIZE));
            compare.staged().write(rest, Chunks.SIZE);
            assertThat(compare.staged().complete(SIZE).outcome()).isEqualTo(Outcome.PLACED);
        });
        assertThat(Files.readAllBytes(out.resolve("big"))).isEqualTo(CONTENT);
    }

    @Test
    void isNotTheSameIfItChangedMeanwhile() throws Exception {
        Files.write(out.resolve("big"), CONTENT);
        FileTime time = Files.getLastModifiedTime(out.resolve("big"));
        compare(ConflictPolicy.RENAME, (compare, inbox) -> {
            assertThat(compare.candidate().orElseThrow().sum(0)).isPresent();
            byte[] other = CONTENT.clone();
            other[5]++;
            Files.write(out.resolve("big"), other);
            Files.setLastModifiedTime(out.resolve("big"), time);
            assertThat(compare.candidate().orElseThrow().sum(1)).isEmpty();
            assertThat(compare.candidate().orElseThrow().copy(1, compare.staged()))
                    .isEmpty();
            assertThat(compare.candidate().orElseThrow().same(CRC)).isEmpty();
        });
    }

    @Test
    void isNotTheSameIfWhatIsReadForItsSha256IsNotWhatWasCompared() throws Exception {
        Files.write(out.resolve("big"), CONTENT);
        StorageOptions options = new StorageOptions(
                ConflictPolicy.RENAME,
                SyncPolicy.FSYNC,
                OptionalLong.empty(),
                OptionalLong.empty(),
                ReadOnlyNames.NONE,
                true);
        compare(options, (compare, inbox) -> {
            assertThat(compare.candidate().orElseThrow().same(CRC + 1)).isEmpty();
            assertThat(compare.candidate().orElseThrow().same(CRC))
                    .hasValueSatisfying(
                            placement -> assertThat(placement.sha256()).isPresent());
        });
    }

    @Test
    void isNotTheSameIfItIsGone() throws Exception {
        Files.write(out.resolve("big"), CONTENT);
        compare(ConflictPolicy.RENAME, (compare, inbox) -> {
            Files.delete(out.resolve("big"));
            assertThat(compare.candidate().orElseThrow().sum(0)).isEmpty();
            assertThat(compare.candidate().orElseThrow().same(CRC)).isEmpty();
        });
    }

    @Test
    void refusesAtTheFirstDifferenceWhereThePolicyKeepsWhatIsThere() throws Exception {
        Files.write(out.resolve("big"), random(SIZE, 2));
        compare(ConflictPolicy.SKIP, (compare, inbox) -> assertRefused(ErrorCode.SKIPPED, compare));
        compare(ConflictPolicy.FAIL, (compare, inbox) -> assertRefused(ErrorCode.CONFLICT, compare));
        compare(
                ConflictPolicy.RENAME,
                (compare, inbox) -> assertThatNoException()
                        .isThrownBy(() -> compare.candidate().orElseThrow().differs()));
    }

    @Test
    void choosesAmongNumberedFilesTheOneWithTheOfferedTime() throws Exception {
        Files.write(out.resolve("big"), random(SIZE, 2));
        Files.write(out.resolve("big (1)"), CONTENT);
        Files.write(out.resolve("big (2)"), random(SIZE, 3));
        Files.setLastModifiedTime(out.resolve("big (1)"), FileTime.from(MODIFIED));
        compare(
                ConflictPolicy.RENAME,
                (compare, inbox) -> assertThat(compare.candidate().orElseThrow().same(CRC))
                        .hasValueSatisfying(
                                placement -> assertThat(placement.path()).isEqualTo(path("big (1)"))));
    }

    @Test
    void findsTheRightOneAtPlacingIfTheWrongOneWasCompared() throws Exception {
        Files.write(out.resolve("big"), random(SIZE, 2));
        Files.write(out.resolve("big (1)"), CONTENT);
        compare(ConflictPolicy.RENAME, (compare, inbox) -> {
            compare.candidate().orElseThrow().differs();
            compare.staged().write(TestDisk.direct(CONTENT), 0);
            Placement placement = compare.staged().complete(SIZE);
            assertThat(placement.path()).isEqualTo(path("big (1)"));
            assertThat(placement.outcome()).isEqualTo(Outcome.SAME);
        });
    }

    private static void assertRefused(ErrorCode code, Admission.Compare compare) {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> compare.candidate().orElseThrow().differs())
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }
}
