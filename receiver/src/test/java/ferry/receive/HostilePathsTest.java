package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.options;
import static ferry.receive.TestDisk.receive;
import static ferry.receive.TestDisk.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and timing chosen to get out of the folder, to get at something that is there, or to lose a file. */
class HostilePathsTest {
    @TempDir
    Path base;

    private Path out;
    private Path outside;
    private ReceiveFolder folder;
    private Inbox inbox;

    @BeforeEach
    void open() throws Exception {
        out = Files.createDirectory(base.resolve("out"));
        outside = Files.createDirectory(base.resolve("outside"));
        folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
        inbox = folder.open();
    }

    @AfterEach
    void nothingGotOut() throws Exception {
        inbox.close();
        folder.close();
        assertThat(outside).isEmptyDirectory();
    }

    @FunctionalInterface
    private interface Action {
        void run() throws TransferException;
    }

    private static void assertRefused(ErrorCode code, Action action) {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(action::run)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside/x", "a/../../outside/x", "/outside/x", "a/..", "..", ".ferry/x", ".FERRY"})
    void noSuchPathReachesTheDisk(String text) {
        assertRefused(ErrorCode.NAME_REFUSED, () -> RelativePath.parse(text));
    }

    @Test
    void refusesAFileThroughALink() throws Exception {
        Files.createSymbolicLink(out.resolve("link"), outside);
        assertRefused(ErrorCode.NAME_REFUSED, () -> inbox.admit(file("link/x", 1)));
        assertRefused(ErrorCode.NAME_REFUSED, () -> inbox.admit(file("link/deep/x", 1)));
        assertRefused(ErrorCode.NAME_REFUSED, () -> inbox.defer(1, directory("link/empty", 0700)));
        assertRefused(ErrorCode.NAME_REFUSED, () -> inbox.defer(1, directory("link", 0700)));
        assertRefused(ErrorCode.NAME_REFUSED, () -> inbox.defer(1, link("link/inner", "x")));
    }

    @Test
    void aLinkOfTheTransferItselfIsNoWayInEither() throws Exception {
        inbox.defer(1, link("a/link", "../b"));
        receive(inbox, "a/link/file", "content");
        List<ErrorCode> failed = new ArrayList<>();
        inbox.settle(new SettleListener() {
            @Override
            public void settled(long id, Entry entry, Placement placement) {
                throw new AssertionError("a directory has the name");
            }

            @Override
            public void failed(long id, Entry entry, TransferException reason) {
                failed.add(reason.code());
            }
        });
        assertThat(failed).containsExactly(ErrorCode.KIND_CONFLICT);
        assertThat(tree(out)).contains(entry("a/link", "/"), entry("a/link/file", "content"));
    }

    @Test
    void refusesToPlaceThroughADirectorySwappedForALink() throws Exception {
        Files.createDirectories(out.resolve("a/b"));
        StagedFile staged = inbox.admit(file("a/b/x", 1)).staged();
        staged.write(TestDisk.direct(new byte[1]), 0);
        Files.move(out.resolve("a/b"), out.resolve("a/moved"));
        Files.createSymbolicLink(out.resolve("a/b"), outside);

        assertRefused(ErrorCode.NAME_REFUSED, () -> staged.complete(1));
        assertThat(TestDisk.staged(out)).isEmpty();
    }

    @Test
    void refusesADirectorySwappedForALinkBeforeItIsSettled() throws Exception {
        inbox.defer(7, directory("a", 0700));
        Files.delete(out.resolve("a"));
        Files.createSymbolicLink(out.resolve("a"), outside);
        var before = Files.getPosixFilePermissions(outside);
        List<Long> failed = new ArrayList<>();
        inbox.settle(new SettleListener() {
            @Override
            public void settled(long id, Entry entry, Placement placement) {
                throw new AssertionError("it is a link now");
            }

            @Override
            public void failed(long id, Entry entry, TransferException reason) {
                failed.add(id);
            }
        });
        assertThat(failed).containsExactly(7L);
        assertThat(Files.getPosixFilePermissions(outside)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void neverOpensANamedPipe(ConflictPolicy policy) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", out.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        try (ReceiveFolder other = ReceiveFolder.open(out, options(policy));
                Inbox transfer = other.open()) {
            Object end = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                try {
                    transfer.admit(file("pipe", 100_000)).staged().abandon();
                    return receive(transfer, "pipe", "content").path().toString();
                } catch (TransferException e) {
                    return e.code();
                }
            });
            assertThat(end)
                    .isEqualTo(
                            switch (policy) {
                                case RENAME -> "pipe (1)";
                                case OVERWRITE -> ErrorCode.KIND_CONFLICT;
                                case SKIP -> ErrorCode.SKIPPED;
                                case FAIL -> ErrorCode.CONFLICT;
                            });
        }
        assertThat(tree(out)).containsEntry("pipe", "?");
    }

    @ParameterizedTest
    @EnumSource
    void neverWritesThroughALinkUnderTheFinalName(ConflictPolicy policy) throws Exception {
        Path precious = Files.writeString(base.resolve("precious"), "content");
        Files.createSymbolicLink(out.resolve("name"), precious);
        try (ReceiveFolder other = ReceiveFolder.open(out, options(policy));
                Inbox transfer = other.open()) {
            if (policy == ConflictPolicy.RENAME) {
                Placement placement = receive(transfer, "name", "content");
                assertThat(placement.outcome()).isEqualTo(Outcome.PLACED);
                assertThat(placement.path()).hasToString("name (1)");
            } else {
                assertThatExceptionOfType(TransferException.class)
                        .isThrownBy(() -> receive(transfer, "name", "content"));
            }
        }
        assertThat(precious).hasContent("content");
        assertThat(tree(out)).containsEntry("name", "-> " + precious);
    }

    @Test
    void keepsBothFilesOfOneDestination() throws Exception {
        StagedFile first = inbox.admit(file("same", 1)).staged();
        StagedFile second = inbox.admit(file("same", 1)).staged();
        second.write(TestDisk.direct(new byte[] {'2'}), 0);
        first.write(TestDisk.direct(new byte[] {'1'}), 0);
        second.complete(1);
        first.complete(1);
        assertThat(tree(out)).containsOnly(entry("same", "2"), entry("same (1)", "1"));
    }

    @Test
    void keepsNamesThatAreEqualButForCaseOrUnicodeForm() throws Exception {
        String composed = "caf\u00e9";
        String decomposed = "cafe\u0301";
        List<String> places = new ArrayList<>();
        for (String name : List.of("README", "readme", composed, decomposed)) {
            places.add(receive(inbox, name, "this is " + name).path().toString());
        }
        assertThat(places).doesNotHaveDuplicates();
        assertThat(tree(out)).hasSize(4);
        for (String name : List.of("README", "readme", composed, decomposed)) {
            assertThat(tree(out).values())
                    .anySatisfy(content -> assertThat(content)
                            .isEqualTo(new String(
                                    ("this is " + name).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                    java.nio.charset.StandardCharsets.ISO_8859_1)));
        }
    }

    @Test
    void takesNamesThatWouldFoolAShellOrATerminal() throws Exception {
        List<String> names = List.of("a b", "'\"", "$(reboot)", "-rf", "x\ny", "x\u001b[2J", "back\\slash", "c:d", "*");
        for (String name : names) {
            receive(inbox, "d/" + name, name);
        }
        assertThat(tree(out)).hasSize(names.size() + 1).containsEntry("d/x\ny", "x\ny");
    }
}
