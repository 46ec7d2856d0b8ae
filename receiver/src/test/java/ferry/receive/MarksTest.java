package ferry.receive;

import static ferry.receive.TestDisk.MODIFIED;
import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that a transfer has made which broke before it could settle them. */
class MarksTest {
    private static final Owner OWNER = new Owner("plain:123");
    private static final Owner OTHER = new Owner("plain:456");

    @TempDir
    Path out;

    private static Inbox open(ReceiveFolder folder, Owner owner) throws TransferException {
        return folder.open(new Visitor(Grant.ANYBODY, Optional.of(owner), Optional.empty()));
    }

    /** A transfer that makes a directory, puts a file into it, and breaks. */
    private void breakOff() throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = open(folder, OWNER)) {
            inbox.defer(0, directory("d", 0500));
            receive(inbox, "d/f", "content");
        }
    }

    private List<Outcome> settle(Owner owner) throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = open(folder, owner)) {
            inbox.defer(0, directory("d", 0500));
            receive(inbox, "d/f", "content");
            inbox.settle(new SettleListener() {
                @Override
                public void settled(long id, Entry entry, Placement placement) {
                    outcomes.add(placement.outcome());
                }

                @Override
                public void failed(long id, Entry entry, TransferException reason) {
                    throw new AssertionError(reason);
                }
            });
        }
        return outcomes;
    }

    private int mode() throws Exception {
        return (int) Files.getAttribute(out.resolve("d"), "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0777;
    }

    private boolean isAsOffered() throws Exception {
        return mode() == 0500 && Files.getLastModifiedTime(out.resolve("d")).equals(FileTime.from(MODIFIED));
    }

    private List<Path> marks() throws Exception {
        try (Stream<Path> paths = Files.walk(out.resolve(".ferry"))) {
            return paths.filter(path -> path.toString().contains("/marks/") && Files.isRegularFile(path))
                    .toList();
        }
    }

    @Test
    void getTheirModesAndTimesFromTheTransferThatGoesOn() throws Exception {
        breakOff();
        assertThat(marks()).hasSize(1);
        assertThat(settle(OWNER)).containsExactly(Outcome.PLACED);
        assertThat(isAsOffered()).isTrue();
        assertThat(out.resolve(".ferry")).doesNotExist();
    }

    @Test
    void areTakenOverFromAReceiverThatHasSomeOfTheSameOwnerToo() throws Exception {
        breakOff();
        Path mark = marks().getFirst();
        Path receiver = mark.resolve("../../..").normalize();
        Path owner = receiver.relativize(mark.resolveSibling(".").normalize());
        Path second = out.resolve(".ferry/second");
        Files.createDirectories(second.resolve(owner));
        Files.createFile(second.resolve("lock"));
        Files.createFile(second.resolve(owner).resolve("0123"));
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT)) {
            assertThat(receiver).doesNotExist();
            assertThat(folder.root()).isNotNull();
            assertThat(marks())
                    .extracting(path -> path.getFileName().toString())
                    .containsExactlyInAnyOrder("0123", mark.getFileName().toString());
        }
        assertThat(settle(OWNER)).containsExactly(Outcome.PLACED);
    }

    @Test
    void areNobodyElses() throws Exception {
        breakOff();
        assertThat(settle(OTHER)).containsExactly(Outcome.SAME);
        assertThat(isAsOffered()).isFalse();
        assertThat(marks()).hasSize(1);
    }

    @Test
    void areNotTheOwnersIfSomebodyHasMadeThemAnew() throws Exception {
        breakOff();
        // Not deleted, for the file system might give its number to the next one.
        Files.move(out.resolve("d"), out.resolve("elsewhere"));
        Files.createDirectory(out.resolve("d"));
        assertThat(settle(OWNER)).containsExactly(Outcome.SAME);
    }

    @Test
    void areForgottenWhenNobodyComesBack() throws Exception {
        breakOff();
        Files.setLastModifiedTime(
                marks().getFirst(), FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        ReceiveFolder.open(out, StorageOptions.DEFAULT).close();
        assertThat(out.resolve(".ferry")).doesNotExist();
    }

    @Test
    void areNotMarkedForSomebodyUnknown() throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = folder.open()) {
            inbox.defer(0, directory("d", 0500));
            assertThat(marks()).isEmpty();
        }
    }

    /** What is there of marks when a receiver dies between making a directory and marking it. */
    private Marks withAnUnfinishedMark() throws Exception {
        Marks marks = new Marks(out.resolve("marks"));
        marks.making(OWNER, "d");
        Files.createDirectory(out.resolve("d"), Permissions.privateDirectory(out));
        return marks;
    }

    @Test
    void areTheOwnersAsTheyWereMadeThoughTheMarkWasNotFinished() throws Exception {
        Marks marks = withAnUnfinishedMark();
        assertThat(marks.isMarked(OWNER, "d", out.resolve("d"))).isTrue();
        assertThat(marks.isMarked(OTHER, "d", out.resolve("d"))).isFalse();
        marks.settled(OWNER, "d");
        marks.tidy(OWNER);
        assertThat(out.resolve("marks")).isEmptyDirectory();
    }

    @Test
    void areNotTheOwnersByAnUnfinishedMarkIfSomebodyHasUsedThem() throws Exception {
        Marks marks = withAnUnfinishedMark();
        Path file = Files.createFile(out.resolve("d/somebody's"));
        assertThat(marks.isMarked(OWNER, "d", out.resolve("d"))).isFalse();
        Files.delete(file);
        Files.setPosixFilePermissions(out.resolve("d"), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(marks.isMarked(OWNER, "d", out.resolve("d"))).isFalse();
    }

    @Test
    void stayMarkedWhenAnotherTransferOfTheOwnerComesTooLate() throws Exception {
        Marks marks = withAnUnfinishedMark();
        marks.made(OWNER, "d", out.resolve("d"));
        Files.createFile(out.resolve("d/f"));
        marks.making(OWNER, "d");
        assertThat(marks.isMarked(OWNER, "d", out.resolve("d"))).isTrue();
        marks.notMade(OWNER, "d");
        assertThat(marks.isMarked(OWNER, "d", out.resolve("d"))).isTrue();
    }

    @Test
    void areMarkedNoMoreThanAFullDiskAllows() throws Exception {
        try (TestMount mount = TestMount.tmpfs(out.resolve("small"), "size=64k")) {
            Marks marks = new Marks(mount.path().resolve("marks"));
            marks.making(OWNER, "d");
            Path made = Files.createDirectory(out.resolve("d"), Permissions.privateDirectory(out));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> Files.write(mount.path().resolve("all"), new byte[1 << 20]));
            marks.made(OWNER, "d", made);
            assertThat(marks.isMarked(OWNER, "d", made)).as("as it was made").isTrue();
            Files.createFile(made.resolve("f"));
            assertThat(marks.isMarked(OWNER, "d", made)).isFalse();
        }
    }
}
