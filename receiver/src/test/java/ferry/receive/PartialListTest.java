package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Chunks;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialListTest {
    private static final String FINGERPRINT = "sha256:" + "ab".repeat(32);

    @TempDir
    Path out;

    private void keep(String receiver, String owner, String path, Duration age, long... chunks) throws Exception {
        Owner whose = new Owner(owner);
        Path folder = Files.createDirectories(
                        out.resolve(".ferry").resolve(receiver).resolve("partial"))
                .resolve(whose.key(path));
        PartialFolder partial = new PartialFolder(folder);
        partial.create();
        Files.write(partial.content(), new byte[3 * Chunks.SIZE]);
        ChunkRuns runs = new ChunkRuns();
        for (long chunk : chunks) {
            runs.add(chunk);
        }
        Journal.write(partial.journal(), new Journal.Header(whose, path, 3L * Chunks.SIZE), runs);
        Files.setLastModifiedTime(partial.journal(), FileTime.from(Instant.now().minus(age)));
    }

    private List<TransferEvent> list() throws TransferException {
        List<TransferEvent> events = new ArrayList<>();
        assertThat(new PartialList(out).run(events::add)).isEqualTo(ExitStatus.DONE);
        return events;
    }

    @Test
    void tellsWhatIsKeptByAllReceiversTheOldestFirst() throws Exception {
        keep("one", "plain:123", "new", Duration.ofMinutes(1), 0, 2);
        keep("two", FINGERPRINT, "sub/old", Duration.ofHours(2), 1);
        assertThat(list())
                .satisfiesExactly(
                        event -> assertThat(event).isInstanceOfSatisfying(TransferEvent.Partial.class, partial -> {
                            assertThat(partial.path()).isEqualTo("sub/old");
                            assertThat(partial.owner()).isEqualTo(FINGERPRINT);
                            assertThat(partial.bytes()).isEqualTo(Chunks.SIZE);
                            assertThat(partial.size()).isEqualTo(3L * Chunks.SIZE);
                            assertThat(partial.age()).isBetween(Duration.ofHours(2), Duration.ofHours(3));
                        }),
                        event -> assertThat(event).isInstanceOfSatisfying(TransferEvent.Partial.class, partial -> {
                            assertThat(partial.path()).isEqualTo("new");
                            assertThat(partial.owner()).isEqualTo("plain");
                            assertThat(partial.bytes()).isEqualTo(2L * Chunks.SIZE);
                        }));
    }

    @Test
    void tellsNothingOfWhatIsOfNoUse() throws Exception {
        keep("one", "plain:123", "empty", Duration.ZERO);
        Files.createDirectories(out.resolve(".ferry/two/partial/not-a-key"));
        Files.createFile(out.resolve(".ferry/three"));
        assertThat(list()).isEmpty();
    }

    @Test
    void tellsNothingOfAFolderThatKeepsNothingAndLeavesItAlone() throws Exception {
        assertThat(list()).isEmpty();
        assertThat(out).isEmptyDirectory();
    }

    @Test
    void refusesWhatIsNoFolder() {
        PartialList list = new PartialList(out.resolve("nothing"));
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> list.run(event -> {}))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DESTINATION_UNUSABLE));
    }
}
