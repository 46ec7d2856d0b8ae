package ferry.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Tells which files are our own user's. Others may go on writing to theirs, whatever becomes of them. Immutable.
 *
 * @param user his number; empty where files have no owners
 */
record Ownership(OptionalInt user) {
    private static final String USER = "unix:uid";

    /** As whoever has made this; the file system may know us by another number than the system does. */
    static Ownership ofWhoMade(Path ours) throws IOException {
        return ours.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? new Ownership(OptionalInt.of(user(ours)))
                : new Ownership(OptionalInt.empty());
    }

    /** Whether what is there is ours; a link counts itself. */
    boolean has(Path path) throws IOException {
        return user.isEmpty() || user.getAsInt() == user(path);
    }

    /** The same of whatever is there under these names. */
    boolean hasAll(Path... paths) throws IOException {
        for (Path path : paths) {
            if (Found.at(path) != Found.NOTHING && !has(path)) {
                return false;
            }
        }
        return true;
    }

    private static int user(Path path) throws IOException {
        return (int) Files.getAttribute(path, USER, LinkOption.NOFOLLOW_LINKS);
    }
}
