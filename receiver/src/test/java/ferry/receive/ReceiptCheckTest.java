package ferry.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ferry.entry.ChunkDigest;
import ferry.entry.Crc32c;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferEvent.Checked.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code receive --verify} finds (docs/RECEIPTS.md). */
class ReceiptCheckTest {
    private static final Instant MODIFIED = Instant.parse("2001-02-03T04:05:06.123456789Z");

    @TempDir
    private Path folder;

    private final Map<String, State> found = new LinkedHashMap<>();

    @BeforeEach
    void receive() throws IOException {
        Files.createDirectories(out().resolve("tree"));
        for (String name : new String[] {"a", "b", "tree/c"}) {
            put(name, "content of " + name);
        }
        Files.createSymbolicLink(out().resolve("link"), Path.of("a"));
        receipt("tree", "directory");
        receipt("link", "link");
    }

    @Test
    void findsEverythingAsItWas() throws Exception {
        assertThat(check()).isEqualTo(ExitStatus.DONE);
        assertThat(found)
                .containsOnlyKeys("a", "b", "tree/c", "tree", "link")
                .values()
                .containsOnly(State.SAME);
    }

    @Test
    void tellsARottenFileFromAChangedOne() throws Exception {
        Files.writeString(out().resolve("a"), "CONTENT of a");
        Files.setLastModifiedTime(out().resolve("a"), FileTime.from(MODIFIED));
        Files.writeString(out().resolve("b"), "CONTENT of b");

        assertThat(check()).isEqualTo(ExitStatus.INTEGRITY);
        assertThat(found).containsEntry("a", State.ROTTED).containsEntry("b", State.CHANGED);
    }

    @Test
    void findsAFileOfAnotherSizeChangedWhateverItsTime() throws Exception {
        Files.writeString(out().resolve("a"), "more", StandardOpenOption.APPEND);
        Files.setLastModifiedTime(out().resolve("a"), FileTime.from(MODIFIED));

        assertThat(check()).isEqualTo(ExitStatus.INTEGRITY);
        assertThat(found).containsEntry("a", State.CHANGED).containsEntry("b", State.SAME);
    }

    @Test
    void takesAFileForTheSameThatWasOnlyTouched() throws Exception {
        Files.setLastModifiedTime(out().resolve("a"), FileTime.from(Instant.now()));

        assertThat(check()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void missesWhatIsGoneAndFollowsNoLink() throws Exception {
        Files.delete(out().resolve("a"));
        Files.delete(out().resolve("tree/c"));
        Files.delete(out().resolve("tree"));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("c"), "content of tree/c");
        Files.createSymbolicLink(out().resolve("tree"), elsewhere);

        assertThat(check()).isEqualTo(ExitStatus.INTEGRITY);
        assertThat(found)
                .containsEntry("a", State.MISSING)
                .containsEntry("tree/c", State.MISSING)
                .containsEntry("tree", State.CHANGED);
    }

    @Test
    void reliesOnTheSha256WhereTheReceiptHasIt() throws Exception {
        line("b", "file", "content of b".length(), crc("content of b"), "\"" + "0".repeat(64) + "\"");

        assertThat(check()).isEqualTo(ExitStatus.INTEGRITY);
        assertThat(found).containsEntry("b", State.ROTTED).containsEntry("a", State.SAME);
    }

    @Test
    void neverLooksOutOfTheFolder() throws Exception {
        Files.writeString(folder.resolve("secret"), "s");
        line("../secret", "file", 1, crc("s"), "null");

        assertThat(check()).isEqualTo(ExitStatus.INTEGRITY);
        assertThat(found).containsEntry("../secret", State.CHANGED);
    }

    @Test
    void doesNotCallAReceiptVerifiedThatIsCut() throws Exception {
        Files.writeString(receipt(), "{\"v\":1,\"event\":\"ent", StandardOpenOption.APPEND);

        assertThat(check()).isEqualTo(ExitStatus.INTEGRITY);
        assertThat(found).values().containsOnly(State.SAME);
    }

    @Test
    void refusesAFolderThatIsNotThere() {
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> new ReceiptCheck(receipt(), folder.resolve("nowhere")).run(event -> {}))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DESTINATION_UNUSABLE));
    }

    private ExitStatus check() throws TransferException, InterruptedException {
        return new ReceiptCheck(receipt(), out()).run(event -> {
            if (event instanceof TransferEvent.Checked(String path, State state, String _)) {
                assertThat(found.put(path, state)).isNull();
            }
        });
    }

    private Path out() {
        return folder.resolve("out");
    }

    private Path receipt() {
        return folder.resolve("receipt");
    }

    private void put(String name, String content) throws IOException {
        Path file = Files.writeString(out().resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
        String digest = ChunkDigest.of(ByteBuffer.wrap(content.getBytes(UTF_8))).toString();
        line(name, "file", content.length(), crc(content), "\"" + digest + "\"");
    }

    private void receipt(String name, String kind) throws IOException {
        line(name, kind, 0, "null", "null");
    }

    private void line(String name, String kind, long size, String crc, String sha256) throws IOException {
        Files.writeString(
                receipt(),
                "{\"v\":1,\"event\":\"entry\",\"placed\":\"%s\",\"kind\":\"%s\",\"size\":%d,\"crc32c\":%s,\"mtime\":\"%s\",\"sha256\":%s}%n"
                        .formatted(name, kind, size, crc, MODIFIED, sha256),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static String crc(String content) {
        Crc32c crc = new Crc32c();
        int value = crc.update(ByteBuffer.wrap(content.getBytes(UTF_8)));
        return "\"" + HexFormat.of().toHexDigits(value) + "\"";
    }
}
