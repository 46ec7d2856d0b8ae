package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Chunks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Journal.Header HEADER =
            new Journal.Header(new Owner("plain:0123"), "some/p\u00e4th", 10L * Chunks.SIZE + 1);
    private static final int RECORD = 12;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("journal");
    }

    private Journal write(long... chunks) throws Exception {
        ChunkRuns runs = new ChunkRuns();
        LongStream.of(chunks).forEach(runs::add);
        return Journal.write(file, HEADER, runs);
    }

    private List<Long> chunks() throws Exception {
        return Journal.read(file).orElseThrow().chunks().chunks().boxed().toList();
    }

    @Test
    void saysWhatWasWrittenFirstAndLater() throws Exception {
        Journal journal = write(0, 1, 7);
        journal.add(3);
        journal.add(10);
        assertThat(Journal.read(file).orElseThrow().header()).isEqualTo(HEADER);
        assertThat(chunks()).containsExactly(0L, 1L, 3L, 7L, 10L);
    }

    @Test
    void replacesTheJournalThatIsThere() throws Exception {
        write(0, 1, 2);
        write(5).add(6);
        assertThat(chunks()).containsExactly(5L, 6L);
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @Test
    void saysWhatIsLeftWhereverItIsCut() throws Exception {
        write().add(4);
        int header = (int) Files.size(file) - RECORD;
        write(4, 5, 6);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            if (length < header) {
                assertThat(Journal.read(file)).as("cut at %d", length).isEmpty();
            } else {
                assertThat(chunks())
                        .as("cut at %d", length)
                        .isEqualTo(List.of(4L, 5L, 6L).subList(0, (length - header) / RECORD));
            }
        }
    }

    @Test
    void namesNoChunkThatWasNotWrittenWhicheverByteIsDamaged() throws Exception {
        write(4, 5, 6);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(file, damaged);
            Journal.read(file).ifPresent(content -> {
                assertThat(content.header()).isEqualTo(HEADER);
                assertThat(content.chunks().chunks()).hasSize(2).isSubsetOf(4L, 5L, 6L);
            });
        }
    }

    @Test
    void takesZerosForNoRecord() throws Exception {
        write(4);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length + 5 * RECORD));
        assertThat(chunks()).containsExactly(4L);
    }

    @Test
    void namesNoChunkBehindTheEndOfTheFile() throws Exception {
        Journal journal = write(10);
        journal.add(11);
        journal.add(Long.MAX_VALUE);
        assertThat(chunks()).containsExactly(10L);
    }

    @Test
    void isNothingIfAnotherVersionWroteIt() throws Exception {
        write(4);
        byte[] whole = Files.readAllBytes(file);
        whole[5]++;
        Files.write(file, whole);
        assertThat(Journal.read(file)).isEmpty();
    }
}
