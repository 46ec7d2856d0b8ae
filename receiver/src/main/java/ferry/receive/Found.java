package ferry.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** What is on the disk under a name, links not followed. */
enum Found {
    NOTHING,
    FILE,
    DIRECTORY,
    LINK,
    /** A named pipe, a socket or a device, which must never be opened. */
    SPECIAL;

    static Found at(Path path) throws IOException {
        return attributes(path).map(Found::of).orElse(NOTHING);
    }

    /**
     * As {@link #at}, but a link that leads nowhere may count as nothing. Much quicker where there is nothing, for which Java has
     * no other call that does without an exception.
     */
    static Found unlessMissing(Path path) throws IOException {
        return Files.exists(path) ? at(path) : NOTHING;
    }

    /** What is known of a path, links not followed; empty if there is nothing. */
    static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        return Optional.ofNullable(path.getFileSystem()
                .provider()
                .readAttributesIfExists(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    static Found of(BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return FILE;
        }
        if (attributes.isDirectory()) {
            return DIRECTORY;
        }
        return attributes.isSymbolicLink() ? LINK : SPECIAL;
    }

    /** As in "a ... is there". */
    String words() {
        return switch (this) {
            case NOTHING -> "nothing";
            case FILE -> "file";
            case DIRECTORY -> "directory";
            case LINK -> "symbolic link";
            case SPECIAL -> "special file";
        };
    }
}
