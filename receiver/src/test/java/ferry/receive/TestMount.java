package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system of its own; whoever may not mount one skips the test. */
final class TestMount implements AutoCloseable {
    private final Path path;

    private TestMount(Path path) {
        this.path = path;
    }

    static TestMount tmpfs(Path path, String options) throws IOException {
        Files.createDirectory(path);
        int status = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString());
        assumeTrue(status == 0, "only root may mount");
        return new TestMount(path);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        assertThat(run("umount", path.toString())).as("umount").isZero();
    }

    private static int run(String... command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + command[0], e);
        }
    }
}
