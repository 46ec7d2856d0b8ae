package ferry.receive;

import java.io.IOException;
import java.nio.file.FileStore;

/** Knows how many bytes can still be written; for any thread. */
@FunctionalInterface
interface FreeSpace {
    long bytes() throws IOException;

    /** Asks a file store each time; one that does not know (it claims to have no bytes at all) is boundless. */
    static FreeSpace of(FileStore store) {
        return () -> store.getTotalSpace() == 0 ? Long.MAX_VALUE : store.getUsableSpace();
    }
}
