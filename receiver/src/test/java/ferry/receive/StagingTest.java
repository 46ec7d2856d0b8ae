package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
    @TempDir
    Path out;

    /** Another receiver process, until somebody writes to it or kills it. */
    static final class OtherProcess {
        private OtherProcess() {}

        @SuppressWarnings("SystemOut") // This is how it says that it is ready.
        public static void main(String[] arguments) throws Exception {
            try (ReceiveFolder folder = ReceiveFolder.open(Path.of(arguments[0]), StorageOptions.DEFAULT)) {
                Inbox inbox = folder.open();
                inbox.admit(TestDisk.file("unfinished", 5)).staged().write(TestDisk.direct(new byte[4]), 0);
                System.out.println("ready");
                System.in.read();
                inbox.close();
            }
        }

        static Process start(Path out) throws Exception {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OtherProcess.class.getName(),
                            out.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            assertThat(output.readLine()).isEqualTo("ready");
            return process;
        }
    }

    private List<Path> folders() throws Exception {
        try (Stream<Path> paths = Files.list(out.resolve(".ferry"))) {
            return paths.toList();
        }
    }

    @Test
    void removesItsFolderAtTheEndAndTheCommonOneIfItIsTheLast() throws Exception {
        Staging first = Staging.open(out);
        Staging second = Staging.open(out);
        assertThat(folders()).hasSize(2);

        first.close();
        assertThat(folders()).containsExactly(second.folder());
        second.close();
        assertThat(out).isEmptyDirectory();
    }

    @Test
    void keepsTheFolderOfALivingProcessAndRemovesThatOfADeadOne() throws Exception {
        Process other = OtherProcess.start(out);
        try {
            List<Path> theirs = folders();
            try (Staging ours = Staging.open(out)) {
                assertThat(folders()).hasSize(2).containsAll(theirs).contains(ours.folder());
                assertThat(TestDisk.staged(out)).hasSize(1);
            }
            assertThat(folders()).isEqualTo(theirs);

            other.destroyForcibly().waitFor();
            assertThat(TestDisk.staged(out)).as("what the killed process left").hasSize(1);
            Staging next = Staging.open(out);
            assertThat(folders()).containsExactly(next.folder());
            next.close();
            assertThat(out).isEmptyDirectory();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void twoProcessesReceiveIntoOneFolder() throws Exception {
        Process other = OtherProcess.start(out);
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = folder.open()) {
            TestDisk.receive(inbox, "file", "content");
            other.getOutputStream().write('\n');
            other.getOutputStream().flush();
            assertThat(other.waitFor()).isZero();
            TestDisk.receive(inbox, "second", "content");
        } finally {
            other.destroyForcibly();
        }
        assertThat(TestDisk.tree(out)).containsOnlyKeys("file", "second");
        assertThat(out.resolve(".ferry")).doesNotExist();
    }

    @Test
    void staysLockedAndAsItIsWhereThreadsMayStillWrite() throws Exception {
        ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
        StagedFile staged = folder.open().admit(TestDisk.file("unfinished", 5)).staged();
        staged.write(TestDisk.direct(new byte[4]), 0);
        folder.leave();
        folder.close();
        System.gc(); // A lock goes with its channel if nobody has that any more.

        Process other = OtherProcess.start(out);
        other.destroyForcibly().waitFor();
        assertThat(TestDisk.staged(out)).as("ours and theirs").hasSize(2);
        staged.write(TestDisk.direct(new byte[1]), 4);
        Staging.open(out).close();
        assertThat(TestDisk.staged(out)).as("ours").hasSize(1);
    }

    @Test
    void manyOpenAndCloseAtOnceWithoutTakingEachOthersFolders() throws Exception {
        Callable<Boolean> one = () -> {
            for (int i = 0; i < 50; i++) {
                try (Staging staging = Staging.open(out)) {
                    Path file = Files.createFile(staging.newTransfer().resolve("file"));
                    assertThat(file).exists();
                }
            }
            return true;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> end :
                    threads.invokeAll(IntStream.range(0, 8).mapToObj(_ -> one).toList())) {
                assertThat(end.get()).isTrue();
            }
        }
        assertThat(out).isEmptyDirectory();
    }

    @Test
    void leavesLinksInAnAbandonedFolderUnfollowed(@TempDir Path elsewhere) throws Exception {
        Path precious = Files.writeString(elsewhere.resolve("precious"), "kept");
        Path abandoned = Files.createDirectories(out.resolve(".ferry/abandoned"));
        Files.createFile(abandoned.resolve("lock"));
        Files.createSymbolicLink(abandoned.resolve("link"), elsewhere);
        Files.createSymbolicLink(out.resolve(".ferry/linked"), elsewhere);

        Staging.open(out).close();

        assertThat(abandoned).doesNotExist();
        assertThat(precious).hasContent("kept");
    }

    @Test
    void isForItsOwnerOnly() throws Exception {
        try (Staging staging = Staging.open(out)) {
            for (Path path : List.of(out.resolve(".ferry"), staging.folder(), staging.newTransfer())) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo("rwx------");
            }
        }
    }

    @Test
    void refusesAStagingFolderThatIsALink(@TempDir Path elsewhere) throws Exception {
        Files.createSymbolicLink(out.resolve(".ferry"), elsewhere);
        assertUnusable(out, "expected '.ferry' in it to be a directory, a symbolic link is there");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void saysAtOnceThatTheFolderIsAFile() throws Exception {
        Path file = Files.createFile(out.resolve("file"));
        assertUnusable(file, "cannot be received into: something else is there");
    }

    @Test
    void saysAtOnceThatTheFolderCannotBeWrittenTo() throws Exception {
        try (TestMount mount = TestMount.tmpfs(out.resolve("read-only"), "size=1m,ro")) {
            assertUnusable(mount.path(), "cannot be written to: Read-only file system");
        }
    }

    @Test
    void receivesThroughALinkToTheFolder() throws Exception {
        Path real = Files.createDirectory(out.resolve("real"));
        Path link = Files.createSymbolicLink(out.resolve("link"), real);
        try (ReceiveFolder folder = ReceiveFolder.open(link, StorageOptions.DEFAULT);
                Inbox inbox = folder.open()) {
            TestDisk.receive(inbox, "file", "content");
        }
        assertThat(real.resolve("file")).hasContent("content");
    }

    @Test
    void createsTheFolder() throws Exception {
        ReceiveFolder.open(out.resolve("new/folder"), StorageOptions.DEFAULT).close();
        assertThat(out.resolve("new/folder")).isEmptyDirectory();
    }

    private static void assertUnusable(Path folder, String why) {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> ReceiveFolder.open(folder, StorageOptions.DEFAULT))
                .withMessage("%s: %s", folder, why)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DESTINATION_UNUSABLE));
    }
}
