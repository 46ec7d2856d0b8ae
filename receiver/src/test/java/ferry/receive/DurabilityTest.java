package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.path;
import static ferry.receive.TestDisk.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is synced, in which order, how often, and what happens when that fails. */
class DurabilityTest {
    @TempDir
    Path out;

    private final Recorder recorder = new Recorder();
    private Inbox inbox;

    /** Notes what is synced, with what is under final names at that moment; fails when told to. */
    private final class Recorder implements Syncer {
        private final List<String> synced = new ArrayList<>();
        private String broken = "nothing";

        @Override
        public void content(FileChannel channel) throws IOException {
            note("content with " + tree(out).keySet());
        }

        @Override
        public void names(Path directory) throws IOException {
            note("names in /" + out.relativize(directory));
        }

        private void note(String what) throws IOException {
            synced.add(what);
            if (what.startsWith(broken)) {
                throw new IOException("Input/output error");
            }
        }

        List<String> take() {
            List<String> taken = List.copyOf(synced);
            synced.clear();
            return taken;
        }
    }

    @BeforeEach
    void open() throws Exception {
        Path staging = Files.createDirectories(out.resolve(".ferry/test"));
        Disk disk =
                TestDisk.disk(out, staging, StorageOptions.DEFAULT, recorder, NameTaking.BY_LINK, () -> Long.MAX_VALUE);
        inbox = new DirectoryInbox(disk, Files.createDirectory(staging.resolve("transfer")), Optional.empty());
    }

    private Placement complete(String path, String content) throws TransferException {
        StagedFile staged = inbox.admit(file(path, content.length())).staged();
        staged.write(TestDisk.direct(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)), 0);
        return staged.complete(content.length());
    }

    @Test
    void syncsTheContentBeforeTheNameAppearsAndTheDirectoryAfterwards() throws Exception {
        Placement placement = complete("file", "x");
        assertThat(recorder.take()).containsExactly("content with []");
        assertThat(tree(out)).containsOnlyKeys("file");

        assertThat(inbox.sync(List.of(placement))).isEmpty();
        assertThat(recorder.take()).containsExactly("names in /");
    }

    @Test
    void syncsEachDirectoryOnceForABatch() throws Exception {
        List<Placement> batch = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            batch.add(complete("a/b/" + i, "content " + i));
        }
        recorder.take();
        inbox.sync(batch);
        assertThat(recorder.take()).containsExactlyInAnyOrder("names in /a/b", "names in /a", "names in /");
    }

    @Test
    void doesNotSyncAgainWhatIsAboveADirectoryThatLasts() throws Exception {
        inbox.sync(List.of(complete("a/b/first", "1")));
        recorder.take();
        inbox.sync(List.of(complete("a/b/second", "2")));
        assertThat(recorder.take()).containsExactly("content with [a, a/b, a/b/first]", "names in /a/b");
    }

    @Test
    void syncsWhatIsAboveADirectoryThatSomebodyElseHasMade() throws Exception {
        Files.createDirectories(out.resolve("theirs/deep"));
        Placement placement = complete("theirs/deep/file", "x");
        recorder.take();
        inbox.sync(List.of(placement));
        assertThat(recorder.take())
                .containsExactlyInAnyOrder("names in /theirs/deep", "names in /theirs", "names in /");
    }

    @Test
    void syncsAnewWhatIsAboveADirectoryThatIsMadeAgain() throws Exception {
        inbox.sync(List.of(complete("a/first", "1")));
        Files.delete(out.resolve("a/first"));
        Files.delete(out.resolve("a"));
        Placement placement = complete("a/second", "2");
        recorder.take();
        inbox.sync(List.of(placement));
        assertThat(recorder.take()).containsExactlyInAnyOrder("names in /a", "names in /");
    }

    @Test
    void deletesAFileWhoseSyncFailed() throws Exception {
        recorder.broken = "content";
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> complete("file", "x"))
                .withMessage("file: cannot be made durable: Input/output error")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FAILED));
        assertThat(recorder.take()).as("it is not tried again").hasSize(1);
        assertThat(tree(out)).isEmpty();
        assertThat(TestDisk.staged(out)).isEmpty();
    }

    @Test
    void failsOnlyThePlacementsWhoseDirectoryFailed() throws Exception {
        Placement good = complete("good/file", "x");
        Placement bad = complete("bad/file", "y");
        recorder.broken = "names in /bad";
        Map<Placement, TransferException> failed = inbox.sync(List.of(good, bad));
        assertThat(failed).containsOnlyKeys(bad);
        assertThat(failed.get(bad)).hasMessage("bad/file: cannot be made durable: Input/output error");
    }

    @Test
    void failsAPlacementWhenADirectoryAboveItFailed() throws Exception {
        Placement placement = complete("a/b/file", "x");
        recorder.broken = "names in /a";
        recorder.take();
        assertThat(inbox.sync(List.of(placement))).containsOnlyKeys(placement);
        recorder.broken = "nothing";
        recorder.take();
        assertThat(inbox.sync(List.of(complete("a/b/next", "y")))).isEmpty();
        assertThat(recorder.take()).as("the failed one is not taken for done").contains("names in /a");
    }

    @Test
    void syncsAFileThatIsFoundTheSame() throws Exception {
        Files.writeString(out.resolve("file"), "same");
        Placement placement = complete("file", "same");
        assertThat(recorder.take()).containsExactly("content with [file]", "content with [file]");
        inbox.sync(List.of(placement));
        assertThat(recorder.take()).containsExactly("names in /");
    }

    @Test
    void syncsAnEmptyDirectoryAndItsName() throws Exception {
        inbox.defer(1, directory("a/empty", 0755));
        List<Long> settled = new ArrayList<>();
        inbox.settle(new SettleListener() {
            @Override
            public void settled(long id, Entry entry, Placement placement) {
                settled.add(id);
                assertThat(placement.path()).isEqualTo(path("a/empty"));
            }

            @Override
            public void failed(long id, Entry entry, TransferException reason) {
                throw new AssertionError(reason);
            }
        });
        assertThat(settled).containsExactly(1L);
        assertThat(recorder.take()).containsExactly("names in /a", "names in /", "content with [a, a/empty]");
    }
}
