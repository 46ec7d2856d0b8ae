package ferry.receive;

import static ferry.receive.TestDisk.MODIFIED;
import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.options;
import static ferry.receive.TestDisk.receive;
import static ferry.receive.TestDisk.tree;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import ferry.entry.Attributes;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettlementTest {
    @TempDir
    Path out;

    @FunctionalInterface
    private interface Use {
        void of(Inbox inbox) throws Exception;
    }

    /** Lets somebody use an inbox, then settles it; answers what became of each entry: its final path, or a code. */
    private Map<Long, String> settle(StorageOptions options, Use use) throws Exception {
        Map<Long, String> ends = new LinkedHashMap<>();
        try (ReceiveFolder folder = ReceiveFolder.open(out, options);
                Inbox inbox = folder.open()) {
            use.of(inbox);
            inbox.settle(new SettleListener() {
                @Override
                public void settled(long id, Entry entry, Placement placement) {
                    assertThat(ends.put(id, placement.outcome() + " " + placement.path()))
                            .isNull();
                }

                @Override
                public void failed(long id, Entry entry, TransferException reason) {
                    assertThat(ends.put(id, reason.code().toString())).isNull();
                }
            });
        }
        assertThat(out.resolve(".ferry")).doesNotExist();
        return ends;
    }

    private int mode(String path) throws Exception {
        return (int) Files.getAttribute(out.resolve(path), "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    @Test
    void setsModesAndTimesAfterAllFilesAreInTheirDirectories() throws Exception {
        Map<Long, String> ends = settle(StorageOptions.DEFAULT, inbox -> {
            inbox.defer(1, directory("a", 0555));
            inbox.defer(2, directory("a/b", 0500));
            assertThat(mode("a")).isEqualTo(0700);
            receive(inbox, "a/b/file", "content");
        });
        assertThat(ends).containsExactly(entry(2L, "PLACED a/b"), entry(1L, "PLACED a"));
        assertThat(mode("a")).isEqualTo(0555);
        assertThat(mode("a/b")).isEqualTo(0500);
        assertThat(Files.getLastModifiedTime(out.resolve("a"))).isEqualTo(FileTime.from(MODIFIED));
        assertThat(Files.getLastModifiedTime(out.resolve("a/b"))).isEqualTo(FileTime.from(MODIFIED));
    }

    @Test
    void overwritesModeAndTimeOfADirectoryThatIsThere() throws Exception {
        Files.createDirectory(out.resolve("a"));
        Files.writeString(out.resolve("a/old"), "kept");
        Files.setAttribute(out.resolve("a"), "unix:mode", 02555);
        Map<Long, String> ends = settle(options(ConflictPolicy.OVERWRITE), inbox -> {
            inbox.defer(1, directory("a", 0750));
            assertThat(mode("a")).as("writable meanwhile").isEqualTo(02755);
            receive(inbox, "a/new", "content");
        });
        assertThat(ends).containsExactly(entry(1L, "SAME a"));
        assertThat(tree(out)).containsKeys("a/old", "a/new");
        assertThat(mode("a")).as("the set-group-id bit is the receiver's own").isEqualTo(02750);
        assertThat(Files.getLastModifiedTime(out.resolve("a"))).isEqualTo(FileTime.from(MODIFIED));
    }

    @ParameterizedTest
    @EnumSource(value = ConflictPolicy.class, mode = EnumSource.Mode.EXCLUDE, names = "OVERWRITE")
    void leavesModeAndTimeOfADirectoryThatIsThere(ConflictPolicy policy) throws Exception {
        FileTime before = FileTime.from(MODIFIED.minusSeconds(1_000_000));
        for (String name : List.of("shared", "closed")) {
            Files.createDirectory(out.resolve(name));
            Files.setAttribute(out.resolve(name), "unix:mode", name.equals("shared") ? 02750 : 0300);
            Files.setLastModifiedTime(out.resolve(name), before);
        }
        Map<Long, String> ends = settle(options(policy), inbox -> {
            inbox.defer(1, directory("shared", 0777));
            inbox.defer(2, directory("closed", 0777));
            assertThat(mode("shared")).as("meanwhile").isEqualTo(02750);
            assertThat(mode("closed")).as("meanwhile").isEqualTo(0300);
        });
        assertThat(ends).containsOnly(entry(1L, "SAME shared"), entry(2L, "SAME closed"));
        assertThat(mode("shared")).isEqualTo(02750);
        assertThat(mode("closed")).isEqualTo(0300);
        assertThat(Files.getLastModifiedTime(out.resolve("shared"))).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(out.resolve("closed"))).isEqualTo(before);
    }

    @Test
    void leavesTheDirectoriesOfABrokenTransferOpenToThoseForWhomTheyWereMeant() throws Exception {
        Files.createDirectory(out.resolve("there"), PosixFilePermissions.asFileAttribute(EnumSet.of(OWNER_READ)));
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT)) {
            try (Inbox inbox = folder.open()) {
                inbox.defer(1, directory("made", 0755));
                inbox.defer(2, directory("made/closed", 0055));
                inbox.defer(3, directory("there", 0777));
                assertThat(mode("made")).isEqualTo(0700);
            }
        }
        assertThat(mode("made")).isEqualTo(0755);
        assertThat(mode("made/closed")).isEqualTo(0755);
        assertThat(mode("there")).isEqualTo(0400);
    }

    @Test
    void leavesThoseAsTheyAreThatWereSettledBeforeTheTransferBroke() throws Exception {
        int batch = 64;
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = folder.open()) {
            for (int i = 0; i <= batch; i++) {
                inbox.defer(i, directory("d" + i, 0550));
            }
            assertThatThrownBy(() -> inbox.settle(new Gone())).isInstanceOf(UncheckedIOException.class);
        }
        assertThat(mode("d" + batch)).isEqualTo(0550);
        assertThat(mode("d0")).isEqualTo(0750);
    }

    /** A sender who does not hear the first answer. */
    private record Gone() implements SettleListener {
        @Override
        public void settled(long id, Entry entry, Placement placement) {
            throw new UncheckedIOException(new IOException("broken off"));
        }

        @Override
        public void failed(long id, Entry entry, TransferException reason) {
            throw new AssertionError(entry.path().toString(), reason);
        }
    }

    @Test
    void givesADirectoryWithoutModeWhatTheUmaskLeaves() throws Exception {
        int ordinary = mode(
                Files.createDirectory(out.resolve("ordinary")).getFileName().toString());
        settle(
                StorageOptions.DEFAULT,
                inbox -> inbox.defer(1, new Entry.Directory(TestDisk.path("new"), Attributes.NONE)));
        assertThat(mode("new")).isEqualTo(ordinary);
    }

    @Test
    void refusesADirectoryWhereAFileIs() throws Exception {
        Files.writeString(out.resolve("file"), "kept");
        settle(StorageOptions.DEFAULT, inbox -> {
            try {
                inbox.defer(1, directory("file", 0755));
                throw new AssertionError("expected a refusal");
            } catch (TransferException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.KIND_CONFLICT);
            }
        });
        assertThat(out.resolve("file")).hasContent("kept");
    }

    @Test
    void createsLinksLastEvenIfTheyPointAtNothing() throws Exception {
        Map<Long, String> ends = settle(StorageOptions.DEFAULT, inbox -> {
            inbox.defer(1, link("d/link", "../file"));
            inbox.defer(2, link("dangling", "nowhere"));
            receive(inbox, "file", "content");
            assertThat(tree(out)).containsOnlyKeys("file");
        });
        assertThat(ends).containsExactly(entry(1L, "PLACED d/link"), entry(2L, "PLACED dangling"));
        assertThat(tree(out)).contains(entry("d/link", "-> ../file"), entry("dangling", "-> nowhere"));
    }

    @ParameterizedTest
    @CsvSource({
        "RENAME, link, SAME same, PLACED other (1), PLACED file (1)",
        "OVERWRITE, link, SAME same, PLACED other, KIND_CONFLICT",
        "SKIP, link, SAME same, SKIPPED, SKIPPED",
        "FAIL, link, SAME same, CONFLICT, CONFLICT",
    })
    void appliesThePolicyToLinks(ConflictPolicy policy, String target, String same, String other, String file)
            throws Exception {
        Files.createSymbolicLink(out.resolve("same"), Path.of(target));
        Files.createSymbolicLink(out.resolve("other"), Path.of("elsewhere"));
        Files.writeString(out.resolve("file"), "kept");
        Files.createDirectory(out.resolve("directory"));
        Map<Long, String> ends = settle(options(policy), inbox -> {
            inbox.defer(1, link("same", target));
            inbox.defer(2, link("other", target));
            inbox.defer(3, link("file", target));
        });
        assertThat(ends).containsOnly(entry(1L, same), entry(2L, other), entry(3L, file));
        assertThat(tree(out)).contains(entry("file", "kept"), entry("directory", "/"));
        assertThat(tree(out)).containsEntry("other", policy == ConflictPolicy.OVERWRITE ? "-> link" : "-> elsewhere");
    }

    @Test
    void settlesThousandsInTheRightOrder() throws Exception {
        StorageOptions lax = new StorageOptions(
                ConflictPolicy.RENAME, SyncPolicy.NO_FSYNC, OptionalLong.empty(), OptionalLong.empty());
        int count = 3_000;
        String long200 = "x".repeat(200);
        Map<Long, String> ends = settle(lax, inbox -> {
            for (int i = 0; i < count; i++) {
                inbox.defer(2L * i, directory(i + long200, 0711));
                inbox.defer(2L * i + 1, link("link" + i, "target" + i));
            }
        });
        assertThat(ends).hasSize(2 * count);
        assertThat(ends.keySet().stream().toList().subList(0, count))
                .as("links, in order")
                .isSorted();
        assertThat(ends.keySet().stream().toList().reversed().subList(0, count))
                .as("directories, backwards")
                .isSorted();
        assertThat(ends).containsEntry(2L * count - 1, "PLACED link" + (count - 1));
        assertThat(mode("1234" + long200)).isEqualTo(0711);
    }
}
