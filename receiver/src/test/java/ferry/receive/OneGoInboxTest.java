package ferry.receive;

import static ferry.receive.TestDisk.MODIFIED;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OneGoInboxTest {
    @TempDir
    Path out;

    @TempDir
    Path elsewhere;

    private ReceiveFolder folder;
    private Inbox inbox;

    @BeforeEach
    void open() throws Exception {
        folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
        inbox = folder.open();
    }

    @AfterEach
    void close() {
        inbox.close();
        folder.close();
    }

    private static Placement complete(Inbox inbox, Entry.File file) throws TransferException {
        StagedFile staged = inbox.admit(file).staged();
        byte[] content = "x".getBytes(StandardCharsets.UTF_8);
        staged.write(TestDisk.direct(content), 0);
        return staged.complete(content.length);
    }

    @Test
    void placesFilesInDirectoriesThatItMakes() throws Exception {
        Inbox once = inbox.forOneGo();
        List<Placement> placed = new ArrayList<>();
        for (String name : List.of("a/b/1", "a/b/2", "a/3", "4", "a/b/5")) {
            placed.add(complete(once, file(name, 1)));
        }
        assertThat(once.sync(placed)).isEmpty();
        assertThat(TestDisk.tree(out)).containsKeys("a/b/1", "a/b/2", "a/3", "4", "a/b/5");
    }

    @Test
    void givesNoReceiptForWhatWasPlacedWhereADirectoryHasBecomeALink() throws Exception {
        Inbox once = inbox.forOneGo();
        Placement kept = complete(once, file("b/1", 1));
        complete(once, file("a/1", 1));
        Files.move(out.resolve("a"), out.resolve("moved"));
        Files.createSymbolicLink(out.resolve("a"), elsewhere);

        Placement lost = complete(once, file("a/2", 1));

        Map<Placement, TransferException> failed = once.sync(List.of(kept, lost));
        assertThat(failed).containsOnlyKeys(lost);
        assertThat(failed.values()).extracting(TransferException::code).containsExactly(ErrorCode.NAME_REFUSED);
    }

    @ParameterizedTest
    @EnumSource(value = ConflictPolicy.class, mode = EnumSource.Mode.EXCLUDE, names = "RENAME")
    void replacesNoLinkThatLeadsNowhere(ConflictPolicy policy) throws Exception {
        close();
        folder = ReceiveFolder.open(out, StorageOptions.DEFAULT.with(policy));
        inbox = folder.open();
        Path link = Files.createSymbolicLink(out.resolve("link"), Path.of("nowhere"));
        Inbox once = inbox.forOneGo();

        assertThat(catchThrowableOfType(TransferException.class, () -> complete(once, file("link", 1))))
                .isNotNull();

        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("nowhere"));
        assertThat(TestDisk.tree(out)).containsOnlyKeys("link");
    }

    @Test
    void takesFilesOfDirectoriesThatAlternate() throws Exception {
        Inbox once = inbox.forOneGo();
        List<Placement> placed = new ArrayList<>();
        for (String name : List.of("1", "a/1", "2", "b/1", "a/2", "b/a/1", "a/b/1", "b/2")) {
            placed.add(complete(once, file(name, 1)));
        }
        assertThat(once.sync(placed)).isEmpty();
        assertThat(TestDisk.tree(out)).containsKeys("1", "a/1", "2", "b/1", "a/2", "b/a/1", "a/b/1", "b/2");
    }

    @Test
    void looksAtDirectoriesAnewTheNextTime() throws Exception {
        Placement first = complete(inbox.forOneGo(), file("a/1", 1));
        Files.move(out.resolve("a"), out.resolve("moved"));
        Files.createSymbolicLink(out.resolve("a"), elsewhere);
        assertThat(first.path()).isEqualTo(path("a/1"));
        Inbox next = inbox.forOneGo();
        assertThat(catchThrowableOfType(TransferException.class, () -> complete(next, file("a/2", 1)))
                        .code())
                .isEqualTo(ErrorCode.NAME_REFUSED);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rwxrwxrwx", "rw-rw-rw-", "r--------", "---------", "rw-------", "-w-r-x--x"})
    void givesSmallFilesTheirModeAndTimeWhateverTheUmask(String mode) throws Exception {
        int bits = mode.chars().reduce(0, (before, letter) -> before << 1 | (letter == '-' ? 0 : 1));
        Entry.File small = new Entry.File(
                path("file"), OptionalLong.of(1), new Attributes(Optional.of(MODIFIED), OptionalInt.of(bits)));
        Inbox once = inbox.forOneGo();
        assertThat(once.sync(Set.of(complete(once, small)))).isEmpty();
        Path placed = out.resolve("file");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(placed)))
                .isEqualTo(mode);
        assertThat(Files.getLastModifiedTime(placed)).isEqualTo(FileTime.from(MODIFIED));
    }
}
