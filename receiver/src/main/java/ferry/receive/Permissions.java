package ferry.receive;

import ferry.entry.Attributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sets modes and times, as far as the receiver's file system has them; immutable, for any thread. Links are not followed.
 *
 * <p>Modes go through the JDK's "unix" view and not the POSIX one, which would clear the set-group-id bit of a shared
 * directory.
 */
final class Permissions {
    private static final String MODE = "unix:mode";
    private static final int OWNER_ALL = 0700;
    private static final int STAGED = 0600;
    private static final int SPECIAL_BITS = 07000;

    private final OptionalInt newFileMode;
    private final OptionalInt newDirectoryMode;

    /** What files are created with, by mode; there are few modes. */
    private final Map<Integer, FileAttribute<?>[]> creating = new ConcurrentHashMap<>();

    private Permissions(OptionalInt newFileMode, OptionalInt newDirectoryMode) {
        this.newFileMode = newFileMode;
        this.newDirectoryMode = newDirectoryMode;
    }

    /** Finds out what a file system can do, and the modes that the user's umask leaves, by trying in a folder of ours. */
    static Permissions probe(Path folder) throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return new Permissions(OptionalInt.empty(), OptionalInt.empty());
        }
        Path file = folder.resolve("mode-probe");
        Path directory = folder.resolve("mode-probe.d");
        try {
            Files.createFile(file);
            Files.createDirectory(directory);
            int fileMode = mode(file);
            int directoryMode = mode(directory);
            return keepsModes(file)
                    ? new Permissions(OptionalInt.of(fileMode), OptionalInt.of(directoryMode))
                    : new Permissions(OptionalInt.empty(), OptionalInt.empty());
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(directory);
        }
    }

    /** For creating a file that only its owner reads. */
    static FileAttribute<?>[] privateFile(Path near) {
        return privately(near, "rw-------");
    }

    /** For creating a directory that only its owner sees into. */
    static FileAttribute<?>[] privateDirectory(Path near) {
        return privately(near, "rwx------");
    }

    /** Whether a directory has the mode of {@link #privateDirectory}; so has any where there are no modes. */
    static boolean isPrivate(Path directory) throws IOException {
        return !directory.getFileSystem().supportedFileAttributeViews().contains("unix")
                || (mode(directory) & Attributes.MODE_MASK) == OWNER_ALL;
    }

    /**
     * The mode for creating a file in staging that will be placed in a moment: the one that it is to have, where it lets us work on and
     * the umask leaves it so; else the one of staged files. Staging lets nobody else in, whatever the modes of its files.
     */
    int creationMode(Attributes attributes) {
        int wanted = fileMode(attributes).orElse(STAGED);
        boolean isLeftSo = (wanted & ~newDirectoryMode.orElse(0)) == 0;
        return (wanted & STAGED) == STAGED && isLeftSo ? wanted : STAGED;
    }

    /** For creating a file with this mode, which the umask does not change. */
    FileAttribute<?>[] created(int mode, Path near) {
        return creating.computeIfAbsent(mode, bits -> privately(near, letters(bits)));
    }

    private static String letters(int mode) {
        StringBuilder letters = new StringBuilder(9);
        for (int bit = 8; bit >= 0; bit--) {
            letters.append((mode >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
        }
        return letters.toString();
    }

    /** As {@link #finish}, for a file that was created with this mode a moment ago where nobody else gets in. */
    void finishCreated(Path file, int mode, Attributes attributes) throws IOException {
        if (attributes.modified().isPresent()) {
            FileTime modified = FileTime.from(attributes.modified().get());
            // With both times there is no need to look at the file.
            Files.getFileAttributeView(file, BasicFileAttributeView.class)
                    .setTimes(modified, FileTime.from(Instant.now()), null);
        }
        OptionalInt wanted = fileMode(attributes);
        if (wanted.isPresent() && wanted.getAsInt() != mode) {
            setMode(file, wanted);
        }
    }

    private OptionalInt fileMode(Attributes attributes) {
        return attributes.mode().isPresent() ? attributes.mode() : newFileMode;
    }

    /** Makes a staged file what it was before {@link #finish}, which may have closed it to us. */
    void makeStaged(Path file) throws IOException {
        setMode(file, OptionalInt.of(STAGED));
    }

    /** Gives a new file what was offered, and what the umask leaves if no mode was; last, for the mode may close it to us. */
    void finish(Path file, Attributes attributes) throws IOException {
        setModified(file, attributes);
        setMode(file, fileMode(attributes));
    }

    /** Gives a directory that we have created what was offered, and what the umask leaves if no mode was. */
    void finishNewDirectory(Path directory, Attributes attributes) throws IOException {
        setModified(directory, attributes);
        setMode(directory, attributes.mode().isPresent() ? attributes.mode() : newDirectoryMode);
    }

    /**
     * Gives a directory that we have created, for a transfer that has broken off, the mode that it would have got, but so that its
     * owner can go on in it. Its time stays, since the rest may still come; and so does a mode that it has got since.
     */
    void leaveNewDirectory(Path directory, Attributes attributes) throws IOException {
        OptionalInt wanted = attributes.mode().isPresent() ? attributes.mode() : newDirectoryMode;
        if (wanted.isPresent() && (mode(directory) & Attributes.MODE_MASK) == OWNER_ALL) {
            setMode(directory, OptionalInt.of(wanted.getAsInt() | OWNER_ALL));
        }
    }

    /** Gives something that was there before what was offered, and touches nothing that is as it should be. */
    void update(Path existing, Attributes attributes) throws IOException {
        setModified(existing, attributes);
        setMode(existing, attributes.mode());
    }

    /** A link's own time, where there is such a thing; nothing depends on it, so a failure costs nothing. */
    void setLinkModified(Path link, Attributes attributes) {
        try {
            setModified(link, attributes);
        } catch (IOException e) {
            // The file system keeps no such time.
        }
    }

    /** Lets the owner work in an existing directory until {@link #update} sets its mode. */
    void makeWritable(Path directory) throws IOException {
        if (newDirectoryMode.isPresent()) {
            setMode(directory, OptionalInt.of((mode(directory) & Attributes.MODE_MASK) | OWNER_ALL));
        }
    }

    /**
     * Lets the owner work in a directory in staging that is to be removed. Nobody else can put a link in its place there; and not
     * to follow one, Java would have to open the directory first, which its mode may forbid.
     *
     * @return whether its mode was another one, and is changed
     */
    static boolean open(Path directory) {
        try {
            if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                return false;
            }
            int present = mode(directory);
            if ((present & OWNER_ALL) == OWNER_ALL) {
                return false;
            }
            Files.setAttribute(directory, MODE, present | OWNER_ALL);
            return true;
        } catch (IOException e) {
            // Not ours: what is in it may be removed all the same, or not.
            return false;
        }
    }

    private void setMode(Path path, OptionalInt wanted) throws IOException {
        if (wanted.isEmpty() || newFileMode.isEmpty()) {
            return;
        }
        int present = mode(path);
        int mode = (present & SPECIAL_BITS) | wanted.getAsInt();
        if (mode != present) {
            Files.setAttribute(path, MODE, mode, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static void setModified(Path path, Attributes attributes) throws IOException {
        Optional<FileTime> wanted = attributes.modified().map(FileTime::from);
        if (wanted.isPresent()) {
            BasicFileAttributeView view =
                    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            if (!view.readAttributes().lastModifiedTime().equals(wanted.get())) {
                view.setTimes(wanted.get(), null, null);
            }
        }
    }

    private static boolean keepsModes(Path file) {
        try {
            Files.setAttribute(file, MODE, 0640, LinkOption.NOFOLLOW_LINKS);
            boolean first = mode(file) == 0640;
            Files.setAttribute(file, MODE, 0600, LinkOption.NOFOLLOW_LINKS);
            return first && mode(file) == 0600;
        } catch (IOException e) {
            return false;
        }
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, MODE, LinkOption.NOFOLLOW_LINKS) & (SPECIAL_BITS | Attributes.MODE_MASK);
    }

    private static FileAttribute<?>[] privately(Path near, String permissions) {
        return near.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
