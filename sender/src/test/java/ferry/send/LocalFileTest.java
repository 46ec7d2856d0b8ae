package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileTest {
    @TempDir
    private Path dir;

    private Path path;
    private SourceEntry.LocalFile file;

    @BeforeEach
    void look() throws Exception {
        path = Files.writeString(dir.resolve("f"), "content");
        file = SourceEntry.LocalFile.of(RelativePath.parse("d/f"), path, FileStamp.look(path));
    }

    @Test
    void opensTheFileThatWasFound() throws Exception {
        try (FileChannel channel = file.open()) {
            assertThat(channel.read(ByteBuffer.allocate(100))).isEqualTo(7);
        }
        file.requireUnchanged();
    }

    @Test
    void noticesEachKindOfChange() throws Exception {
        FileTime before = Files.getLastModifiedTime(path);

        Files.writeString(path, "content!");
        Files.setLastModifiedTime(path, before);
        assertFails(file::requireUnchanged, ErrorCode.SOURCE_CHANGED);

        Files.writeString(path, "CONTENT");
        Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
        assertFails(file::open, ErrorCode.SOURCE_CHANGED);

        Path other = Files.writeString(dir.resolve("other"), "another");
        Files.setLastModifiedTime(other, before);
        Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
        assertFails(file::requireUnchanged, ErrorCode.SOURCE_CHANGED);

        Files.delete(path);
        Files.createSymbolicLink(path, Path.of("/etc/passwd"));
        assertFails(file::open, ErrorCode.SOURCE_CHANGED);
        assertFails(file::refreshed, ErrorCode.SOURCE_CHANGED);

        Files.delete(path);
        assertFails(file::open, ErrorCode.SOURCE_VANISHED);
    }

    @Test
    void doesNotTakeAFileThatTheSystemMakesUpForAnEmptyOne() throws Exception {
        Path made = Path.of("/proc/self/status");
        file = SourceEntry.LocalFile.of(RelativePath.parse("d/f"), made, FileStamp.look(made));
        assertFails(file::open, ErrorCode.SOURCE_UNREADABLE);
    }

    @Test
    void describesTheFileAnewAfterAChange() throws Exception {
        Files.writeString(path, "longer content");
        SourceEntry.LocalFile now = file.refreshed();
        assertThat(now.entry().path()).isEqualTo(file.entry().path());
        assertThat(now.size()).hasValue(14);
        now.requireUnchanged();
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.what()).isEqualTo("d/f");
        });
    }
}
