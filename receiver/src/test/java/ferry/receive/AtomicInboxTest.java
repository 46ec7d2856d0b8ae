package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.tree;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.receive.IncomingFile.Whole;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a tree is synced, in which order, and what happens when that fails. */
class AtomicInboxTest {
    @TempDir
    Path out;

    private final Recorder recorder = new Recorder();
    private final List<String> told = new ArrayList<>();
    private AtomicInbox inbox;

    /** Notes what is synced, and whether the tree has its name at that moment; fails when told to. */
    private final class Recorder implements Syncer {
        private final List<String> synced = new ArrayList<>();
        private String broken = "nothing";

        @Override
        public void content(FileChannel channel) throws IOException {
            note("content");
        }

        @Override
        public void names(Path directory) throws IOException {
            String name = out.relativize(directory).toString();
            note("names in /" + (name.startsWith(".ferry") ? "staging" : name));
        }

        private void note(String what) throws IOException {
            synced.add(what + (Files.exists(out.resolve("site")) ? " after" : " before"));
            if (what.equals(broken)) {
                throw new IOException("Input/output error");
            }
        }
    }

    /** Hears what is settled. */
    private final class Listener implements SettleListener {
        @Override
        public void settled(long id, Entry entry, Placement placement) {
            told.add(id + " " + placement.path());
            recorder.synced.add("receipt");
        }

        @Override
        public void settled(long id, Entry.File file, Placement placement, Whole whole) {
            told.add(id + " " + placement.path() + " of " + whole.size());
            recorder.synced.add("receipt");
        }

        @Override
        public void failed(long id, Entry entry, TransferException reason) {
            throw new AssertionError(reason);
        }
    }

    @BeforeEach
    void open() throws Exception {
        Path staging = Files.createDirectories(out.resolve(".ferry/test"));
        Disk disk =
                TestDisk.disk(out, staging, StorageOptions.DEFAULT, recorder, NameTaking.BY_LINK, () -> Long.MAX_VALUE);
        inbox = new AtomicInbox(
                disk,
                Files.createDirectory(staging.resolve("transfer")),
                Optional.empty(),
                new Trees(staging.resolve("trees"), disk.permissions(), new KeptFolders()));
    }

    private void store(long id, String path, String text) throws Exception {
        byte[] content = text.getBytes(UTF_8);
        Entry.File file = file(path, content.length);
        StagedFile staged = inbox.admit(file).staged();
        staged.write(TestDisk.direct(content), 0);
        Placement placement = staged.complete(content.length);
        staged.abandon();
        assertThat(inbox.defer(id, file, placement, new Whole(content.length, 1)))
                .isTrue();
    }

    private void storeAll() throws Exception {
        inbox.defer(0, directory("site", 0755));
        store(1, "site/a", "A");
        inbox.defer(2, directory("site/sub", 0755));
        store(3, "site/sub/b", "BB");
        inbox.defer(4, link("site/l", "a"));
    }

    @Test
    void syncsAllThatIsInTheTreeBeforeItHasItsNameAndThatNameBeforeTheFirstReceipt() throws Exception {
        storeAll();
        assertThat(recorder.synced).containsExactly("content before", "content before");
        recorder.synced.clear();
        inbox.settle(new Listener());

        List<String> synced = recorder.synced;
        assertThat(synced.subList(0, synced.indexOf("names in / after")))
                .as("before the tree is there")
                .allMatch(step -> step.endsWith(" before"))
                .filteredOn("content before"::equals)
                .as("its two directories")
                .hasSize(2);
        assertThat(synced.subList(synced.indexOf("names in / after"), synced.size()))
                .containsExactly("names in / after", "receipt", "receipt", "receipt", "receipt", "receipt");
        assertThat(told).containsExactly("0 site", "1 site/a of 1", "2 site/sub", "3 site/sub/b of 2", "4 site/l");
        inbox.close();
        assertThat(tree(out)).containsOnlyKeys("site", "site/a", "site/sub", "site/sub/b", "site/l");
        assertThat(TestDisk.staged(out)).isEmpty();
    }

    @Test
    void hasNoReceiptsIfItsNameCannotBeMadeDurable() throws Exception {
        storeAll();
        recorder.broken = "names in /";
        assertFailsToSettle(ErrorCode.STORAGE_FAILED);
    }

    @Test
    void doesNotAppearIfADirectoryInItCannotBeMadeDurable() throws Exception {
        storeAll();
        recorder.broken = "content";
        assertFailsToSettle(ErrorCode.STORAGE_FAILED);
        assertThat(tree(out)).isEmpty();
        inbox.close();
        assertThat(out.resolve(".ferry/test/transfer")).doesNotExist();
    }

    private void assertFailsToSettle(ErrorCode code) {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> inbox.settle(new Listener()))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
        assertThat(told).isEmpty();
    }

    @Test
    void doesNotAppearIfSoMuchIsMissingThatNobodyKnowsWhat() throws Exception {
        storeAll();
        for (int i = 0; i < 2_000; i++) {
            inbox.lacks("site/" + i, "as the test wants it");
        }
        for (int i = 0; i < 2_000; i++) {
            store(5 + i, "site/" + i, "");
        }
        assertFailsToSettle(ErrorCode.PROTOCOL_VIOLATION);
        assertThat(tree(out)).isEmpty();
    }

    @Test
    void doesNotAppearIfTheSenderHasWithdrawnSoManyThatNobodyKnowsWhich() throws Exception {
        storeAll();
        for (int i = 0; i <= TreeEntries.MAX_WITHDRAWN; i++) {
            inbox.withdrawn(100 + i);
        }
        assertFailsToSettle(ErrorCode.PROTOCOL_VIOLATION);
        assertThat(tree(out)).isEmpty();
    }
}
