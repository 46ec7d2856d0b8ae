package ferry.receive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How content and names get from memory to the disk; for any thread. */
interface Syncer {
    /** Returns when all that was written to an open file or directory is on the disk. */
    void content(FileChannel channel) throws IOException;

    /** Returns when all names in a directory are on the disk. */
    void names(Path directory) throws IOException;

    static Syncer of(SyncPolicy policy) {
        return switch (policy) {
            case FSYNC -> FSYNC;
            case NO_FSYNC -> NONE;
        };
    }

    Syncer FSYNC = new Syncer() {
        @Override
        public void content(FileChannel channel) throws IOException {
            channel.force(true);
        }

        @Override
        public void names(Path directory) throws IOException {
            try (FileChannel channel =
                    FileChannel.open(directory, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                channel.force(true);
            }
        }
    };

    Syncer NONE = new Syncer() {
        @Override
        public void content(FileChannel channel) {}

        @Override
        public void names(Path directory) {}
    };
}
