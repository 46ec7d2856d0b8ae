package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FreeSpaceTest {
    @Test
    void isThatOfTheFileSystemThatTheFolderIsOn(@TempDir Path folder) throws IOException {
        long total = Files.getFileStore(folder).getTotalSpace();

        assertThat(FreeSpace.in(folder).bytes()).isPositive().isLessThanOrEqualTo(total);
    }

    @Test
    void isBoundlessWhereTheSystemKnowsNothing(@TempDir Path folder) throws IOException {
        assertThat(FreeSpace.in(folder.resolve("missing")).bytes()).isEqualTo(Long.MAX_VALUE);
    }
}
