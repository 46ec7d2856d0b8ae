package ferry.receive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes a name by looking and then moving, under a lock for all names, since the file systems that need this may take two
 * spellings for one name; it is held for a look and a move only.
 *
 * <p>It keeps out other transfers and other receivers, but no other program that creates the name in between.
 */
final class LockedNameTaking implements NameTaking {
    /** A file lock is the whole process's, and lost when any channel to its file is closed. */
    private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

    private final Path lockFile;

    LockedNameTaking(Path lockFile) {
        this.lockFile = lockFile;
    }

    @Override
    public void take(Path staged, Path target) throws IOException {
        WITHIN_PROCESS.lock();
        try (FileChannel channel = FileChannel.open(
                        lockFile,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        Permissions.privateFile(lockFile));
                FileLock _ = channel.lock()) {
            if (Found.at(target) != Found.NOTHING) {
                throw new FileAlreadyExistsException(target.toString());
            }
            Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            WITHIN_PROCESS.unlock();
        }
    }
}
