package ferry.entry;

import java.util.OptionalLong;

/** A file, a directory or a symbolic link in a transfer, named by a relative path; immutable. */
public sealed interface Entry {
    RelativePath path();

    Attributes attributes();

    EntryKind kind();

    /**
     * A regular file.
     *
     * @param size its length in bytes, never negative; empty when nobody knows it before the end, as for a pipe
     */
    record File(RelativePath path, OptionalLong size, Attributes attributes) implements Entry {
        public File {
            if (size.isPresent() && size.getAsLong() < 0) {
                throw new IllegalArgumentException("negative size: " + size.getAsLong());
            }
        }

        @Override
        public EntryKind kind() {
            return EntryKind.FILE;
        }
    }

    /** A directory; what is in it are entries of their own. */
    record Directory(RelativePath path, Attributes attributes) implements Entry {
        @Override
        public EntryKind kind() {
            return EntryKind.DIRECTORY;
        }
    }

    /** A symbolic link, which is not followed; its target was checked for this path. */
    record Link(RelativePath path, LinkTarget target, Attributes attributes) implements Entry {
        public Link {
            if (!target.isOf(path)) {
                throw new IllegalArgumentException("target '%s' was not checked for '%s'".formatted(target, path));
            }
        }

        @Override
        public EntryKind kind() {
            return EntryKind.LINK;
        }
    }
}
