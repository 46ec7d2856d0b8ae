package ferry.receive;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** As if each name were taken. */
    NameTaking NEVER = (staged, target) -> {
        throw new FileAlreadyExistsException(target.toString());
    };

    /** By a hard link, with which the system itself refuses to replace. */
    NameTaking BY_LINK = (staged, target) -> Files.createLink(target, staged);

    /**
     * By looking and then moving, for file systems without hard links (FAT, some FUSE).
     *
     * @param lockFile common to all receivers of the folder; it stays
     */
    static NameTaking byLock(Path lockFile) {
        return new LockedNameTaking(lockFile);
    }
}
