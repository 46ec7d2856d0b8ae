package ferry.receive;

import static ferry.receive.TestDisk.directory;
import static ferry.receive.TestDisk.file;
import static ferry.receive.TestDisk.link;
import static ferry.receive.TestDisk.options;
import static ferry.receive.TestDisk.path;
import static ferry.receive.TestDisk.receive;
import static ferry.receive.TestDisk.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sender that is confined to a part of the folder, and has rules of its own. */
class ConfinedInboxTest {
    @TempDir
    Path out;

    @FunctionalInterface
    private interface Use {
        void of(Inbox inbox) throws Exception;
    }

    private void confined(String part, Use use) throws Exception {
        confined(part, StorageOptions.DEFAULT, use);
    }

    private void confined(String part, StorageOptions rules, Use use) throws Exception {
        try (ReceiveFolder folder = ReceiveFolder.open(out, StorageOptions.DEFAULT);
                Inbox inbox = folder.open(rules, Optional.of(path(part)), Optional.empty())) {
            use.of(inbox);
        }
        assertThat(out.resolve(".ferry")).doesNotExist();
    }

    private static List<String> settle(Inbox inbox) throws TransferException {
        List<String> ends = new ArrayList<>();
        inbox.settle(new SettleListener() {
            @Override
            public void settled(long id, Entry entry, Placement placement) {
                ends.add(entry.path() + " " + placement.outcome() + " " + placement.path());
            }

            @Override
            public void failed(long id, Entry entry, TransferException reason) {
                ends.add(entry.path() + " " + reason.code() + " " + reason.why());
            }
        });
        return ends;
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code))
                .satisfies(refusal -> assertThat(refusal.why()).doesNotContain("alice"));
    }

    @Test
    void putsAllKindsOfEntriesIntoItsPartAndNamesThemAsTheyWereOffered() throws Exception {
        confined("team/alice", inbox -> {
            inbox.defer(1, directory("d", 0755));
            inbox.defer(2, link("d/l", "../file"));
            assertThat(receive(inbox, "file", "content").path()).isEqualTo(path("file"));
            assertThat(settle(inbox)).containsExactly("d/l PLACED d/l", "d PLACED d");
        });
        assertThat(tree(out))
                .isEqualTo(Map.of(
                        "team", "/",
                        "team/alice", "/",
                        "team/alice/file", "content",
                        "team/alice/d", "/",
                        "team/alice/d/l", "-> ../file"));
    }

    @Test
    void createsNothingForASenderThatPlacesNothing() throws Exception {
        confined("alice", inbox -> inbox.admit(file("a", 1)).staged().abandon());
        assertThat(tree(out)).isEmpty();
    }

    @Test
    void neitherSeesNorNumbersByWhatIsOutsideOfItsPart() throws Exception {
        Files.writeString(out.resolve("same"), "content of the same length");
        confined("alice", inbox -> {
            Placement placement = receive(inbox, "same", "CONTENT OF THE SAME LENGTH");
            assertThat(placement.path()).isEqualTo(path("same"));
            assertThat(placement.outcome()).isEqualTo(Outcome.PLACED);
        });
        assertThat(out.resolve("alice/same")).hasContent("CONTENT OF THE SAME LENGTH");
        assertThat(out.resolve("same")).hasContent("content of the same length");
    }

    @Test
    void followsNoSymbolicLinkOnTheWayToItsPart() throws Exception {
        Path elsewhere = Files.createDirectory(out.resolve("elsewhere"));
        Files.createSymbolicLink(out.resolve("alice"), elsewhere);
        confined("alice", inbox -> {
            assertRefused(ErrorCode.NAME_REFUSED, () -> inbox.admit(file("a", 1)));
            assertRefused(ErrorCode.NAME_REFUSED, () -> inbox.defer(1, directory("d", 0755)));
        });
        confined("alice/deeper", inbox -> assertRefused(ErrorCode.NAME_REFUSED, () -> inbox.admit(file("a", 1))));
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void refusesAllIfAFileIsWhereItsPartShouldBe() throws Exception {
        Files.writeString(out.resolve("alice"), "a file");
        confined("alice", inbox -> assertRefused(ErrorCode.KIND_CONFLICT, () -> inbox.admit(file("a", 1))));
        assertThat(out.resolve("alice")).hasContent("a file");
    }

    @Test
    void keepsToItsOwnRules() throws Exception {
        StorageOptions small =
                new StorageOptions(ConflictPolicy.FAIL, SyncPolicy.FSYNC, OptionalLong.of(10), OptionalLong.of(10));
        Files.createDirectory(out.resolve("alice"));
        Files.writeString(out.resolve("alice/there"), "old");
        confined("alice", small, inbox -> {
            assertRefused(ErrorCode.TOO_LARGE, () -> inbox.admit(file("large", 11)));
            assertRefused(ErrorCode.CONFLICT, () -> receive(inbox, "there", "new"));
        });
        try (ReceiveFolder folder = ReceiveFolder.open(out, options(ConflictPolicy.OVERWRITE));
                Inbox other = folder.open()) {
            receive(other, "alice/there", "replaced by one who may");
        }
        assertThat(out.resolve("alice/there")).hasContent("replaced by one who may");
    }

    @Test
    void mayFillItsPartWithPathsAsLongAsAnybody() throws Exception {
        String longest = "d/".repeat(200) + "x".repeat(255);
        confined("alice", inbox -> receive(inbox, longest, "deep".getBytes(StandardCharsets.UTF_8)));
        assertThat(out.resolve("alice").resolve(longest)).hasContent("deep");
    }
}
