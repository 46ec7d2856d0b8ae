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
        return () -> {
            long usable = file.getUsableSpace();
            return usable == 0 && file.getTotalSpace() == 0 ? Long.MAX_VALUE : usable;
        };
    }

    /**
     * The same, asked anew only after some time if the last answer was more than plenty: thousands of small files would else ask
     * thousands of times. What has changed meanwhile, the writes tell.
     */
    static FreeSpace recent(FreeSpace space) {
        return new RecentFreeSpace(space, System::nanoTime);
    }
}
