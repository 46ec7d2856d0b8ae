package ferry.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** What a directory holds, in a form that two of them can be compared in, and whose differences can be read. */
final class Tree {
    private Tree() {}

    /**
     * Every entry below a directory, by its relative path: kind, permissions, time of modification, and content. A link's own
     * permissions and time are not looked at.
     */
    static SortedMap<String, String> of(Path root) {
        SortedMap<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            paths.filter(path -> !path.equals(root))
                    .forEach(path -> tree.put(root.relativize(path).toString(), describe(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    /** The CRC-32C of a file in 8 hexadecimal digits, computed by nothing of ours. */
    static String crc32c(Path file) {
        CRC32C crc = new CRC32C();
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(Math.clamp(channel.size(), 1, 1 << 20));
            while (channel.read(buffer) >= 0) {
                crc.update(buffer.flip());
                buffer.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "%08x".formatted(crc.getValue());
    }

    private static String describe(Path path) {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                return "link to " + Files.readSymbolicLink(path);
            }
            String common = PosixFilePermissions.toString(attributes.permissions()) + " "
                    + attributes.lastModifiedTime().toInstant();
            return attributes.isDirectory()
                    ? "directory " + common
                    : "file " + common + " " + attributes.size() + " bytes, crc32c " + crc32c(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
