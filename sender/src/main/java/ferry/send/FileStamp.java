package ferry.send;

import ferry.entry.Attributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What tells a file apart from others and from itself before a change; immutable.
 *
 * @param size in bytes
 * @param modified as finely as the file system keeps it, nanoseconds on Linux
 * @param key device and inode where there are such; another file put under the same name has another
 */
record FileStamp(long size, Instant modified, Optional<String> key) {

    static FileStamp of(BasicFileAttributes attributes) {
        return new FileStamp(
                attributes.size(),
                attributes.lastModifiedTime().toInstant(),
                Optional.ofNullable(attributes.fileKey()).map(Object::toString));
    }

    /** Looks at a file, with its permissions if the file system has them. A symbolic link is not followed. */
    static BasicFileAttributes look(Path path) throws IOException {
        Class<? extends BasicFileAttributes> kind =
                path.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? PosixFileAttributes.class
                        : BasicFileAttributes.class;
        return Files.readAttributes(path, kind, LinkOption.NOFOLLOW_LINKS);
    }

    /** What of a file's attributes travels with it. */
    static Attributes travelling(BasicFileAttributes attributes) {
        Optional<Instant> modified = Optional.of(attributes.lastModifiedTime().toInstant());
        OptionalInt mode = attributes instanceof PosixFileAttributes posix && !posix.isSymbolicLink()
                ? OptionalInt.of(mode(posix))
                : OptionalInt.empty();
        return new Attributes(modified, mode);
    }

    private static int mode(PosixFileAttributes attributes) {
        int mode = 0;
        for (PosixFilePermission permission : attributes.permissions()) {
            mode |= switch (permission) {
                case OWNER_READ -> 0400;
                case OWNER_WRITE -> 0200;
                case OWNER_EXECUTE -> 0100;
                case GROUP_READ -> 0040;
                case GROUP_WRITE -> 0020;
                case GROUP_EXECUTE -> 0010;
                case OTHERS_READ -> 0004;
                case OTHERS_WRITE -> 0002;
                case OTHERS_EXECUTE -> 0001;
            };
        }
        return mode;
    }
}
