package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Glob;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyInboxTest {
    @TempDir
    Path out;

    private static void assertRefused(ThrowingCallable call) {
        assertThatExceptionOfType(TransferException.class).isThrownBy(call).satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(refusal.why()).contains("may not write '");
        });
    }

    @Test
    void refusesItsNamesOfEveryKindAndWhatIsInDirectoriesOfThem() throws Exception {
        List<Glob> patterns = List.of(Glob.parse("*.conf"), Glob.parse("/etc/"));
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = new ReadOnlyInbox(folder.open(), patterns)) {
            assertRefused(() -> inbox.admit(file("a/b.conf", 1)));
            assertRefused(() -> inbox.defer(1, directory("b.conf", 0755)));
            assertRefused(() -> inbox.defer(2, link("b.conf", "c")));
            assertRefused(() -> inbox.admit(file("b.conf/inside/file", 1)));
            assertRefused(() -> inbox.admit(file("etc/passwd", 1)));
            receive(inbox, "etc", "a file of that name is none");
            receive(inbox, "sub/etc/conf", "taken");
        }
        assertThat(TestDisk.tree(out))
                .isEqualTo(Map.of(
                        "etc", "a file of that name is none", "sub", "/", "sub/etc", "/", "sub/etc/conf", "taken"));
    }
}
