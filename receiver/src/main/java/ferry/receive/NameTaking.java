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

/** A way to put a staged file under a name that nobody has, which never replaces anything; for any thread. */
@FunctionalInterface
interface NameTaking {
    /**
     * Puts the file there. Its staged name may stay, and is then removed by the caller.
     *
     * @throws FileAlreadyExistsException if the name is taken, by whatever
     */
    void take(Path staged, Path target) throws IOException;

    /** The way that the file system of a folder of ours allows. */
    static NameTaking probe(Path folder) throws IOException {
        Path file = folder.resolve("link-probe");
        Path link = folder.resolve("link-probe.2");
        try {
            Files.createFile(file);
            Files.createLink(link, file);
            return BY_LINK;
        } catch (IOException | UnsupportedOperationException e) {
            return byLock(folder.resolveSibling("placing.lock"));
        } finally {
            Files.deleteIfExists(link);
            Files.deleteIfExists(file);
        }
    }

    /** By a hard link, with which the system itself refuses to replace. */
    NameTaking BY_LINK = (staged, target) -> Files.createLink(target, staged);

    /**
     * By looking and then moving, for file systems without hard links (FAT, some FUSE). One lock for all names, since
     * such file systems may take two spellings for one name, and held for a look and a move only. It keeps out other
     * transfers and other receivers, but no other program that creates the name in between.
     *
     * @param lockFile common to all receivers of the folder; it stays
     */
    static NameTaking byLock(Path lockFile) {
        ReentrantLock withinProcess = new ReentrantLock();
        return (staged, target) -> {
            withinProcess.lock();
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
                withinProcess.unlock();
            }
        };
    }
}
