package ferry.receive;

import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.fileOfUnknownSize;
import static ferry.receive.TestDisk.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Crc32c;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens on a disk of 8 MiB. */
class DiskFullTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Use {
        void of(Path out, Inbox inbox) throws Exception;
    }

    private void withSmallDisk(Use use) throws Exception {
        try (TestMount mount = TestMount.tmpfs(folder.resolve("small"), "size=8m");
                ReceiveFolder receiveFolder = ReceiveFolder.open(mount.path(), StorageOptions.DEFAULT);
                Inbox inbox = receiveFolder.open()) {
            use.of(mount.path(), inbox);
            assertThat(TestDisk.staged(mount.path())).isEmpty();
            receive(inbox, "next", new byte[5 * MIB]);
        }
    }

    private static void assertNoSpace(Action action) {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(action::run)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE));
    }

    @FunctionalInterface
    private interface Action {
        void run() throws TransferException;
    }

    @Test
    void refusesAFileThatDoesNotFitBeforeItsDataFlows() throws Exception {
        withSmallDisk((out, inbox) -> {
            assertNoSpace(() -> inbox.admit(file("large", 8 * MIB)));
            assertNoSpace(() -> inbox.admit(file("absurd", Long.MAX_VALUE)));
        });
    }

    @Test
    void refusesWhatDoesNotFitBesideWhatWasAccepted() throws Exception {
        withSmallDisk((out, inbox) -> {
            StagedFile first = inbox.admit(file("first", 4 * MIB)).staged();
            assertNoSpace(() -> inbox.admit(file("second", 4 * MIB)));
            first.write(TestDisk.direct(new byte[2 * MIB]), 0);
            assertNoSpace(() -> inbox.admit(file("second", 4 * MIB)));
            first.abandon();
            inbox.admit(file("second", 4 * MIB)).staged().abandon();
        });
    }

    @Test
    void failsAStreamThatFillsTheDiskAndCleansUp() throws Exception {
        withSmallDisk((out, inbox) -> {
            StagedFile stream = inbox.admit(fileOfUnknownSize("stream")).staged();
            assertNoSpace(() -> {
                for (long offset = 0; ; offset += MIB) {
                    stream.write(TestDisk.direct(new byte[MIB]), offset);
                }
            });
            stream.abandon();
        });
    }

    @Test
    void failsAWriteForWhichSomebodyElseHasLeftNoRoom() throws Exception {
        withSmallDisk((out, inbox) -> {
            StagedFile staged = inbox.admit(file("unlucky", 6 * MIB)).staged();
            staged.write(TestDisk.direct(new byte[MIB]), 0);
            Path greedy = Files.write(out.resolve("greedy"), new byte[5 * MIB]);
            assertThatExceptionOfType(TransferException.class)
                    .isThrownBy(() -> staged.write(TestDisk.direct(new byte[5 * MIB]), MIB))
                    .withMessage("unlucky: no space is left on the receiver's disk");
            staged.abandon();
            Files.delete(greedy);
        });
    }

    @Test
    void needsNoSpaceForWhatIsThere() throws Exception {
        withSmallDisk((out, inbox) -> {
            Path existing = Files.write(out.resolve("existing"), new byte[6 * MIB]);
            Admission admission = inbox.admit(file("existing", 6 * MIB));
            assertThat(admission).isInstanceOfSatisfying(Admission.Compare.class, compare -> {
                assertThat(compare.candidate().orElseThrow().sum(0)).isPresent();
                assertNoSpace(() -> compare.candidate().orElseThrow().differs());
            });
            admission.staged().abandon();
            Admission.Compare again = (Admission.Compare) inbox.admit(file("existing", 6 * MIB));
            assertThat(again.candidate().orElseThrow().same(Crc32c.of(ByteBuffer.allocate(6 * MIB))))
                    .hasValueSatisfying(
                            placement -> assertThat(placement.outcome()).isEqualTo(Outcome.SAME));
            again.staged().abandon();
            Files.delete(existing);
        });
    }

    @Test
    void refusesAPlaceOnAnotherFileSystem() throws Exception {
        Path out = Files.createDirectory(folder.resolve("out"));
        try (TestMount mount = TestMount.tmpfs(out.resolve("mounted"), "size=1m");
                ReceiveFolder receiveFolder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = receiveFolder.open()) {
            assertThat(mount.path()).isEmptyDirectory();
            assertThatExceptionOfType(TransferException.class)
                    .isThrownBy(() -> inbox.admit(file("mounted/new/file", 1)))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ALLOWED));
        }
    }
}
