package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Entry;
import ferry.entry.Glob;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.trust.AllowedSender;
import ferry.trust.KeyFingerprint;
import ferry.wire.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyInboxTest {
    @TempDir
    Path out;

    private static Visitor allowed(String... readOnly) throws TransferException {
        List<Glob> patterns = new ArrayList<>();
        for (String pattern : readOnly) {
            patterns.add(Glob.parse(pattern));
        }
        KeyFingerprint key = KeyFingerprint.parse("sha256:" + "ab".repeat(32)).orElseThrow();
        Grant grant = new Grant(
                Optional.of(key),
                Optional.of(new AllowedSender(
                        key,
                        "",
                        Optional.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        patterns)));
        return new Visitor(grant, Optional.empty(), Optional.empty());
    }

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
                Inbox inbox = new ReadOnlyInbox(folder.open(), new ReadOnlyNames(patterns))) {
            assertRefused(() -> inbox.admit(file("a/b.conf", 1)));
            assertRefused(() -> inbox.defer(1, directory("b.conf", 0755)));
            assertRefused(() -> inbox.defer(2, link("b.conf", "c")));
            assertRefused(() -> inbox.admit(file("b.conf/inside/file", 1)));
            assertRefused(() -> inbox.admit(file("etc/passwd", 1)));
            receive(inbox, "sub/etc/conf", "taken");
        }
        assertThat(TestDisk.tree(out)).isEqualTo(Map.of("sub", "/", "sub/etc", "/", "sub/etc/conf", "taken"));
    }

    @Test
    void letsNothingStandWhereADirectoryIsMeant() throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = folder.open(allowed("keys/"))) {
            assertRefused(() -> inbox.defer(1, link("keys", "drop")));
            assertRefused(() -> inbox.defer(2, directory("keys", 0777)));
            assertRefused(() -> inbox.admit(file("keys", 1)));
            assertRefused(() -> inbox.admit(file("keys/authorized", 1)));
        }
        assertThat(TestDisk.tree(out)).isEmpty();
    }

    @Test
    void refusesWhatAFileSystemMayTakeForAGuardedName() throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = folder.open(allowed("*.conf", "Caf\u00e9"))) {
            assertRefused(() -> inbox.admit(file("X.CONF", 1)));
            assertRefused(() -> inbox.admit(file("cafe\u0301/menu", 1)));
            receive(inbox, "cafe", "another name");
        }
        assertThat(TestDisk.tree(out)).containsOnlyKeys("cafe");
    }

    @Test
    void givesNoNumberedNameThatIsGuarded() throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = folder.open(allowed("* (1)*"))) {
            receive(inbox, "r.txt", "first");
            receive(inbox, "r.txt", "second");
            inbox.defer(1, link("r.txt", "elsewhere"));
            inbox.settle(new SettleListener() {
                @Override
                public void settled(long id, Entry entry, Placement placement) {
                    assertThat(placement.path().toString()).isEqualTo("r (3).txt");
                }

                @Override
                public void failed(long id, Entry entry, TransferException reason) {
                    throw new AssertionError(reason);
                }
            });
        }
        assertThat(TestDisk.tree(out))
                .isEqualTo(Map.of("r.txt", "first", "r (2).txt", "second", "r (3).txt", "-> elsewhere"));
    }

    @Test
    void comparesNothingWithAGuardedNumberedName() throws Exception {
        byte[] large = TestDisk.random(Limits.MAX_EAGER_FILE + 1, 1);
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox anybody = folder.open();
                Inbox inbox = folder.open(allowed("* (1)*"))) {
            receive(anybody, "r.txt", "other");
            receive(anybody, "r.txt", large);
            assertThat(anybody.admit(file("r.txt", large.length))).isInstanceOf(Admission.Compare.class);
            assertThat(inbox.admit(file("r.txt", large.length))).isInstanceOf(Admission.Accept.class);
        }
    }
}
