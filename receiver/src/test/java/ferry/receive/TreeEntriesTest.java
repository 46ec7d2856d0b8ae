package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.receive.IncomingFile.Whole;
import ferry.receive.TreeEntries.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeEntriesTest {
    @TempDir
    Path folder;

    private static List<Stored> read(TreeEntries entries) throws Exception {
        List<Stored> read = new ArrayList<>();
        entries.forEach(read::add);
        return read;
    }

    @Test
    void givesBackWhatWasAddedAsOftenAsItIsAsked() throws Exception {
        List<Stored> all = List.of(
                new Stored(0, TestDisk.directory("d", 0755), Whole.NONE, Optional.empty()),
                new Stored(1, TestDisk.file("d/f", 5), new Whole(5, -7), Optional.of("ab".repeat(32))),
                new Stored(2, TestDisk.fileOfUnknownSize("d/ü"), new Whole(9, 3), Optional.empty()),
                new Stored(1L << 40, TestDisk.link("d/l", "../x"), Whole.NONE, Optional.empty()));
        try (TreeEntries entries = new TreeEntries(folder.resolve("entries"))) {
            for (Stored stored : all) {
                entries.add(stored);
            }
            assertThat(entries.count()).isEqualTo(4);
            assertThat(read(entries)).isEqualTo(all);
            assertThat(read(entries)).isEqualTo(all);
        }
    }

    @Test
    void leavesOutWhatWasWithdrawn() throws Exception {
        try (TreeEntries entries = new TreeEntries(folder.resolve("entries"))) {
            for (int id = 0; id < 3; id++) {
                entries.add(new Stored(id, TestDisk.file("f", id), new Whole(id, id), Optional.empty()));
            }
            assertThat(entries.withdraw(1)).isTrue();
            assertThat(entries.withdraw(7)).as("which is not there").isTrue();
            assertThat(read(entries).stream().map(Stored::id)).containsExactly(0L, 2L);
        }
    }

    @Test
    void makesNoFileForNothing() throws Exception {
        try (TreeEntries entries = new TreeEntries(folder.resolve("entries"))) {
            assertThat(read(entries)).isEmpty();
        }
        assertThat(Files.exists(folder.resolve("entries"))).isFalse();
    }
}
