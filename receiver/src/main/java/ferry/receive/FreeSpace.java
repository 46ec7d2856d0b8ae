package ferry.receive;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/** Knows how many bytes can still be written; for any thread. */
@FunctionalInterface
interface FreeSpace {
    long bytes() throws IOException;

    /**
     * Asks the system each time, by the folder itself: a {@code FileStore} wants the table of mounts, which is not to be seen in
     * a sandbox or a bare chroot. A disk that claims to have no bytes at all does not know, and is boundless.
     */
    static FreeSpace in(Path folder) {
        File file = folder.toFile();
        return () -> file.getTotalSpace() == 0 ? Long.MAX_VALUE : file.getUsableSpace();
    }
}
