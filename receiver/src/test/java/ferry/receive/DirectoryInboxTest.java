package ferry.receive;

import static ferry.receive.TestDisk.MODIFIED;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.fileOfUnknownSize;
import static ferry.receive.TestDisk.options;
import static ferry.receive.TestDisk.path;
import static ferry.receive.TestDisk.receive;
import static ferry.receive.TestDisk.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import ferry.entry.Attributes;
import ferry.entry.Crc32c;
import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DirectoryInboxTest {
    @TempDir
    Path out;

    @FunctionalInterface
    private interface Use {
        void of(Inbox inbox) throws Exception;
    }

    private void with(ConflictPolicy policy, Use use) throws Exception {
        with(options(policy), use);
    }

    private void with(StorageOptions options, Use use) throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, options);
                Inbox inbox = folder.open()) {
            use.of(inbox);
            assertThat(TestDisk.staged(out)).isEmpty();
        }
        assertThat(out.resolve(".ferry")).doesNotExist();
    }

    private static ErrorCode refusal(ThrowingCall call) {
        try {
            call.run();
        } catch (TransferException e) {
            return e.code();
        }
        throw new AssertionError("expected a refusal");
    }

    @FunctionalInterface
    private interface ThrowingCall {
        void run() throws TransferException;
    }

    private void existing(String name, String content) throws Exception {
        Path path = out.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    @Test
    void placesAFileWithItsModeAndTime() throws Exception {
        with(ConflictPolicy.RENAME, inbox -> {
            Placement placement = receive(inbox, "a/b/file.txt", "content");

            assertThat(placement.path()).isEqualTo(path("a/b/file.txt"));
            assertThat(placement.outcome()).isEqualTo(Outcome.PLACED);
            assertThat(placement.durability()).isEqualTo(Durability.DURABLE);
        });
        Path file = out.resolve("a/b/file.txt");
        assertThat(file).hasContent("content");
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.from(MODIFIED));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void givesAFileWithoutModeWhatTheUmaskLeaves() throws Exception {
        Path ordinary = Files.createFile(out.resolve("ordinary"));
        with(
                ConflictPolicy.RENAME,
                inbox -> receive(
                        inbox, new Entry.File(path("classic"), OptionalLong.of(1), Attributes.NONE), new byte[1]));
        assertThat(Files.getPosixFilePermissions(out.resolve("classic")))
                .isEqualTo(Files.getPosixFilePermissions(ordinary));
    }

    @Test
    void placesAnEmptyFileToWhichNothingWasWritten() throws Exception {
        with(ConflictPolicy.RENAME, inbox -> {
            StagedFile staged = inbox.admit(file("empty", 0)).staged();
            assertThat(staged.complete(0).outcome()).isEqualTo(Outcome.PLACED);
        });
        assertThat(out.resolve("empty")).isEmptyFile();
    }

    @Test
    void writesPiecesInAnyOrder() throws Exception {
        with(ConflictPolicy.RENAME, inbox -> {
            StagedFile staged = inbox.admit(file("pieces", 6)).staged();
            staged.write(TestDisk.direct("def".getBytes(StandardCharsets.UTF_8)), 3);
            staged.write(TestDisk.direct("abc".getBytes(StandardCharsets.UTF_8)), 0);
            staged.complete(6);
        });
        assertThat(out.resolve("pieces")).hasContent("abcdef");
    }

    @Test
    void showsNothingUnderTheFinalNameBeforeCompletion() throws Exception {
        with(ConflictPolicy.RENAME, inbox -> {
            StagedFile staged = inbox.admit(file("d/x", 1)).staged();
            staged.write(TestDisk.direct(new byte[1]), 0);
            assertThat(tree(out)).isEmpty();
            staged.abandon();
        });
        assertThat(tree(out)).isEmpty();
    }

    @Test
    void keepsStagedFilesToTheirOwner() throws Exception {
        with(ConflictPolicy.RENAME, inbox -> {
            StagedFile staged = inbox.admit(file("x", 1)).staged();
            staged.write(TestDisk.direct(new byte[1]), 0);
            try (var files = Files.walk(out.resolve(".ferry"))) {
                for (Path path : (Iterable<Path>) files::iterator) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .endsWith("------");
                }
            }
            staged.abandon();
        });
    }

    @Test
    void refusesAStagedFileThatIsShorterThanWhatWasSent() throws Exception {
        with(ConflictPolicy.RENAME, inbox -> {
            StagedFile staged = inbox.admit(file("short", 4)).staged();
            staged.write(TestDisk.direct(new byte[3]), 0);
            assertThat(refusal(() -> staged.complete(4))).isEqualTo(ErrorCode.STORAGE_FAILED);
        });
        assertThat(tree(out)).isEmpty();
    }

    @Test
    void givesNoDigestOfAStagedFileThatIsNotWhatWasSent() throws Exception {
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        int crc = Crc32c.of(ByteBuffer.wrap(content));
        StorageOptions digests = new StorageOptions(
                ConflictPolicy.RENAME,
                SyncPolicy.FSYNC,
                OptionalLong.empty(),
                OptionalLong.empty(),
                ReadOnlyNames.NONE,
                true);
        try (ReceiveFolder folder = ReceiveFolder.open(out, digests);
                Inbox inbox = folder.open()) {
            StagedFile good = inbox.admit(file("good", content.length)).staged();
            good.write(TestDisk.direct(content), 0);
            assertThat(good.complete(content.length, crc).sha256()).isPresent();

            StagedFile changed = inbox.admit(file("changed", content.length)).staged();
            changed.write(TestDisk.direct(content), 0);
            try (Stream<Path> staged = Files.walk(out.resolve(".ferry"))) {
                Path file = staged.filter(path -> path.getFileName().toString().startsWith("file-"))
                        .findFirst()
                        .orElseThrow();
                Files.writeString(file, "CONTENT");
            }
            assertThat(refusal(() -> changed.complete(content.length, crc))).isEqualTo(ErrorCode.CORRUPT_FILE);
        }
        assertThat(tree(out)).containsOnlyKeys("good");
    }

    @Test
    void refusesDataBeyondTheOfferedSize() throws Exception {
        with(ConflictPolicy.RENAME, inbox -> {
            StagedFile staged = inbox.admit(file("long", 4)).staged();
            assertThat(refusal(() -> staged.write(TestDisk.direct(new byte[2]), 3)))
                    .isEqualTo(ErrorCode.PROTOCOL_VIOLATION);
            staged.abandon();
        });
    }

    @Test
    void worksWithMoreOpenFilesThanHandles() throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = folder.open()) {
            StagedFile[] staged = new StagedFile[600];
            for (int i = 0; i < staged.length; i++) {
                staged[i] = inbox.admit(file("many/" + i, 2)).staged();
                staged[i].write(TestDisk.direct(new byte[] {'a'}), 0);
            }
            for (int i = 0; i < staged.length; i++) {
                staged[i].write(TestDisk.direct(new byte[] {'b'}), 1);
                staged[i].complete(2);
            }
        }
        assertThat(tree(out)).hasSize(601).contains(entry("many/0", "ab"), entry("many/599", "ab"));
    }

    @Test
    void numbersADifferentFile() throws Exception {
        existing("file.bin", "old");
        existing("file (1).bin", "older");
        with(ConflictPolicy.RENAME, inbox -> {
            Placement placement = receive(inbox, "file.bin", "new");
            assertThat(placement.path()).isEqualTo(path("file (2).bin"));
        });
        assertThat(tree(out))
                .containsOnly(entry("file.bin", "old"), entry("file (1).bin", "older"), entry("file (2).bin", "new"));
    }

    @Test
    void findsTheSameFileUnderALowerNumber() throws Exception {
        existing("file.bin", "old");
        existing("file (1).bin", "new");
        with(ConflictPolicy.RENAME, inbox -> {
            Placement placement = receive(inbox, "file.bin", "new");
            assertThat(placement.path()).isEqualTo(path("file (1).bin"));
            assertThat(placement.outcome()).isEqualTo(Outcome.SAME);
        });
        assertThat(tree(out)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheSameFileUnderItsName(ConflictPolicy policy) throws Exception {
        existing("file.bin", "same");
        with(policy, inbox -> {
            Placement placement = receive(inbox, "file.bin", "same");
            assertThat(placement.path()).isEqualTo(path("file.bin"));
            assertThat(placement.outcome()).isEqualTo(Outcome.SAME);
        });
        assertThat(tree(out)).containsOnly(entry("file.bin", "same"));
    }

    @Test
    void overwritesADifferentFile() throws Exception {
        existing("file.bin", "old");
        with(
                ConflictPolicy.OVERWRITE,
                inbox -> assertThat(receive(inbox, "file.bin", "newer").outcome())
                        .isEqualTo(Outcome.PLACED));
        assertThat(tree(out)).containsOnly(entry("file.bin", "newer"));
    }

    @Test
    void givesTheSameFileItsTimeOnlyWhereItMayOverwrite() throws Exception {
        existing("file.bin", "same");
        with(ConflictPolicy.RENAME, inbox -> receive(inbox, "file.bin", "same"));
        assertThat(Files.getLastModifiedTime(out.resolve("file.bin"))).isNotEqualTo(FileTime.from(MODIFIED));

        with(ConflictPolicy.OVERWRITE, inbox -> receive(inbox, "file.bin", "same"));
        assertThat(Files.getLastModifiedTime(out.resolve("file.bin"))).isEqualTo(FileTime.from(MODIFIED));
    }

    @Test
    void skipsADifferentFileBeforeDataFlowsIfItsSizeTells() throws Exception {
        existing("file.bin", "old");
        with(ConflictPolicy.SKIP, inbox -> {
            assertThat(refusal(() -> inbox.admit(file("file.bin", 5)))).isEqualTo(ErrorCode.SKIPPED);
            assertThat(refusal(() -> receive(inbox, "file.bin", "new"))).isEqualTo(ErrorCode.SKIPPED);
        });
        assertThat(tree(out)).containsOnly(entry("file.bin", "old"));
    }

    @Test
    void failsOverADifferentFile() throws Exception {
        existing("file.bin", "old");
        with(ConflictPolicy.FAIL, inbox -> {
            assertThat(refusal(() -> inbox.admit(file("file.bin", 5)))).isEqualTo(ErrorCode.CONFLICT);
            assertThat(refusal(() -> receive(inbox, "file.bin", "new"))).isEqualTo(ErrorCode.CONFLICT);
        });
        assertThat(tree(out)).containsOnly(entry("file.bin", "old"));
    }

    @Test
    void appliesThePolicyToAConflictThatArisesMeanwhile() throws Exception {
        with(ConflictPolicy.FAIL, inbox -> {
            StagedFile staged = inbox.admit(file("late", 3)).staged();
            staged.write(TestDisk.direct("new".getBytes(StandardCharsets.UTF_8)), 0);
            existing("late", "old");
            assertThat(refusal(() -> staged.complete(3))).isEqualTo(ErrorCode.CONFLICT);
        });
        assertThat(tree(out)).containsOnly(entry("late", "old"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesAFileWhereADirectoryIs(ConflictPolicy policy) throws Exception {
        existing("name/inner", "kept");
        with(
                policy,
                inbox -> assertThat(refusal(() -> inbox.admit(file("name", 5)))).isEqualTo(ErrorCode.KIND_CONFLICT));
        assertThat(tree(out)).containsOnly(entry("name", "/"), entry("name/inner", "kept"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesAFileBelowAFile(ConflictPolicy policy) throws Exception {
        existing("name", "kept");
        with(
                policy,
                inbox -> assertThat(refusal(() -> inbox.admit(file("name/inner", 5))))
                        .isEqualTo(ErrorCode.KIND_CONFLICT));
    }

    @Test
    void refusesMoreThanAFileMayHave() throws Exception {
        StorageOptions small =
                new StorageOptions(ConflictPolicy.RENAME, SyncPolicy.FSYNC, OptionalLong.of(10), OptionalLong.of(25));
        with(small, inbox -> {
            assertThat(refusal(() -> inbox.admit(file("large", 11)))).isEqualTo(ErrorCode.TOO_LARGE);

            StagedFile stream = inbox.admit(fileOfUnknownSize("stream")).staged();
            stream.write(TestDisk.direct(new byte[10]), 0);
            assertThat(refusal(() -> stream.write(TestDisk.direct(new byte[1]), 10)))
                    .isEqualTo(ErrorCode.TOO_LARGE);
            stream.abandon();
        });
    }

    @Test
    void refusesMoreThanATransferMayStore() throws Exception {
        StorageOptions small =
                new StorageOptions(ConflictPolicy.RENAME, SyncPolicy.FSYNC, OptionalLong.empty(), OptionalLong.of(25));
        with(small, inbox -> {
            receive(inbox, "first", new byte[10]);
            inbox.admit(file("given up", 15)).staged().abandon();
            receive(inbox, "second", new byte[15]);
            assertThatExceptionOfType(TransferException.class)
                    .isThrownBy(() -> inbox.admit(file("third", 1)))
                    .withMessage("third: 1 bytes on top of 25, at most 25 are accepted for a transfer");
        });
    }

    @Test
    void acceptsAFileOfUnknownSizeInOrderOnly() throws Exception {
        with(ConflictPolicy.RENAME, inbox -> {
            Admission admission = inbox.admit(fileOfUnknownSize("stream"));
            assertThat(admission).isInstanceOf(Admission.AcceptInOrder.class);
            admission.staged().write(TestDisk.direct("all of it".getBytes(StandardCharsets.UTF_8)), 0);
            admission.staged().complete(9);
        });
        assertThat(out.resolve("stream")).hasContent("all of it");
    }

    @Test
    void claimsLessWithoutFsync() throws Exception {
        StorageOptions lax = new StorageOptions(
                ConflictPolicy.RENAME, SyncPolicy.NO_FSYNC, OptionalLong.empty(), OptionalLong.empty());
        with(lax, inbox -> {
            Placement placement = receive(inbox, "d/file", "content");
            assertThat(placement.durability()).isEqualTo(Durability.WRITTEN);
            assertThat(placement.unsynced()).isEmpty();
        });
    }
}
