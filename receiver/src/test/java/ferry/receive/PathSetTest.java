package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathSetTest {
    @TempDir
    Path folder;

    @Test
    void containsWhatWasAddedAndNothingElse() throws Exception {
        int count = 5_000;
        try (PathSet paths = PathSet.create(folder.resolve("paths"), count)) {
            for (int i = 0; i < count; i++) {
                paths.add("site/" + i);
                paths.add("site/" + i);
            }
            assertThat(paths.size()).isEqualTo(count);
            for (int i = 0; i < count; i++) {
                assertThat(paths.contains("site/" + i)).as("path %d", i).isTrue();
                assertThat(paths.contains("site/" + i + "/")).as("path %d", i).isFalse();
            }
        }
    }

    @Test
    void anEmptyOneContainsNothing() throws Exception {
        try (PathSet paths = PathSet.create(folder.resolve("paths"), 0)) {
            assertThat(paths.contains("site")).isFalse();
        }
    }
}
