package ferry.receive;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

/**
 * Remembers the directories that transfers have made and not settled yet: {@code marks/<owner>/<path>}, both as hashes, holding
 * what tells the directory from others of its name. So a transfer that goes on where another broke knows which of the
 * directories it finds are its own, to be given their modes and times at the end.
 *
 * <p>A mark gets its name when it is written. Before, from just before the directory is made, it is called {@code <path>.making}
 * and says less: where a receiver died between the two, a directory that is still as we make them is the owner's.
 *
 * <p>A mark is a courtesy: where it cannot be made or read, the directory counts as one that was there before. Thread-safe;
 * for threads that may do file I/O.
 */
final class Marks {
    private static final String MAKING = ".making";

    private final Path folder;

    /** @param folder in the staging folder of this process; created when it is needed */
    Marks(Path folder) {
        this.folder = folder;
    }

    /** To be called before a directory is made. */
    void making(Owner owner, String path) {
        Path mark = unfinished(owner, path);
        try {
            try {
                Files.createFile(mark, Permissions.privateFile(mark));
            } catch (NoSuchFileException e) {
                Files.createDirectories(mark.getParent(), Permissions.privateDirectory(mark));
                Files.createFile(mark, Permissions.privateFile(mark));
            }
        } catch (IOException e) {
            // On a full disk, for one; or another transfer of the owner is making it.
        }
    }

    /** To be called when the directory is there: another one of its name is not the owner's. */
    void made(Owner owner, String path, Path directory) {
        Path mark = unfinished(owner, path);
        try {
            Files.writeString(
                    mark, identity(directory), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            Files.move(mark, finished(owner, path), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // On a full disk it stays unfinished, which says less.
        }
    }

    /** To be called when the directory could not be made; what somebody else has marked stays. */
    void notMade(Owner owner, String path) {
        remove(unfinished(owner, path));
    }

    /** Whether a transfer of the owner has made this directory, and has not settled it. */
    boolean isMarked(Owner owner, String path, Path directory) {
        try {
            Path mark = finished(owner, path);
            if (Found.at(mark) == Found.FILE) {
                return Files.readString(mark).equals(identity(directory));
            }
            return Found.at(unfinished(owner, path)) == Found.FILE && isAsMade(directory);
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }

    /** The directory is as it should be. */
    void settled(Owner owner, String path) {
        remove(finished(owner, path));
        remove(unfinished(owner, path));
    }

    /** Removes the owner's folder if no mark is left. */
    void tidy(Owner owner) {
        try {
            Files.deleteIfExists(folder.resolve(owner.key("")));
        } catch (IOException e) {
            // There are some.
        }
    }

    /** Takes over those of a dead receiver. */
    void inherit(Path theirs) throws IOException {
        try (DirectoryStream<Path> owners = Files.newDirectoryStream(theirs)) {
            for (Path owner : owners) {
                if (Found.at(owner) == Found.DIRECTORY) {
                    inheritOwner(owner, folder.resolve(owner.getFileName()));
                }
            }
        } catch (NoSuchFileException e) {
            // There are none.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Removes those that nobody has come back for since then. */
    void removeOlderThan(Instant limit) {
        try (DirectoryStream<Path> owners = Files.newDirectoryStream(folder)) {
            for (Path owner : owners) {
                removeOlderThan(owner, limit);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // There are none, or they stay until the next time.
        }
    }

    private static void removeOlderThan(Path owner, Instant limit) throws IOException {
        try (DirectoryStream<Path> marks = Files.newDirectoryStream(owner)) {
            for (Path mark : marks) {
                Optional<BasicFileAttributes> found = Found.attributes(mark);
                if (found.isPresent()
                        && found.get().lastModifiedTime().toInstant().isBefore(limit)) {
                    Files.deleteIfExists(mark);
                }
            }
        }
        if (isEmpty(owner)) {
            Files.deleteIfExists(owner);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (DirectoryStream<Path> content = Files.newDirectoryStream(directory)) {
            return !content.iterator().hasNext();
        }
    }

    /** In one step where we have none of this owner. */
    private void inheritOwner(Path theirs, Path ours) throws IOException {
        Files.createDirectories(folder, Permissions.privateDirectory(folder));
        if (Found.at(ours) == Found.NOTHING) {
            Files.move(theirs, ours);
            return;
        }
        try (DirectoryStream<Path> marks = Files.newDirectoryStream(theirs)) {
            for (Path mark : marks) {
                Path target = ours.resolve(mark.getFileName());
                if (Found.at(target) == Found.NOTHING) {
                    Files.move(mark, target);
                }
            }
        }
    }

    private Path finished(Owner owner, String path) {
        return folder.resolve(owner.key("")).resolve(owner.key(path));
    }

    private Path unfinished(Owner owner, String path) {
        return folder.resolve(owner.key("")).resolve(owner.key(path) + MAKING);
    }

    private static void remove(Path mark) {
        try {
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            // It goes when it is old.
        }
    }

    /** Nothing is in it yet, and nobody else sees into it. */
    private static boolean isAsMade(Path directory) throws IOException {
        return Permissions.isPrivate(directory) && isEmpty(directory);
    }

    private static String identity(Path directory) throws IOException {
        return String.valueOf(Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey());
    }
}
