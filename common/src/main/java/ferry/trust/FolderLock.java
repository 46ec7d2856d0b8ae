package ferry.trust;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps all others that would change files in a {@link ConfigFolder} away, in this process and in every other, until it is
 * closed. Readers need no lock, since files are replaced whole.
 *
 * <p>The lock is on a file {@code lock} of the folder. Where the file system has no locks, only this process is kept away; two
 * processes that record a receiver at the same moment may then lose one of the records.
 */
final class FolderLock implements AutoCloseable {
    private static final String FILE = "lock";

    /** A process cannot wait for a file lock that it holds itself. */
    private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

    private final FileChannel channel;
    private final boolean keepsProcessesAway;

    private FolderLock(FileChannel channel, boolean keepsProcessesAway) {
        this.channel = channel;
        this.keepsProcessesAway = keepsProcessesAway;
    }

    /** Waits until nobody else has it. The folder is made if need be. */
    static FolderLock take(ConfigFolder folder) throws IOException {
        WITHIN_PROCESS.lock();
        try {
            folder.create();
            return locked(file(folder));
        } catch (IOException | RuntimeException e) {
            WITHIN_PROCESS.unlock();
            throw e;
        }
    }

    private static Path file(ConfigFolder folder) throws IOException {
        Path file = folder.path().resolve(FILE);
        try {
            Files.createFile(file, PrivateFiles.attributes(PrivateFiles.FILE_MODE));
        } catch (FileAlreadyExistsException e) {
            // As it is each time but the first.
        }
        return file;
    }

    @SuppressWarnings("resource") // The lock ends with its channel.
    private static FolderLock locked(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            channel.lock();
            return new FolderLock(channel, true);
        } catch (FileLockInterruptionException e) {
            channel.close();
            throw e;
        } catch (IOException e) {
            // A file system without locks.
            return new FolderLock(channel, false);
        }
    }

    /** Whether no other process has it either. */
    boolean keepsProcessesAway() {
        return keepsProcessesAway;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            WITHIN_PROCESS.unlock();
        }
    }
}
