package ferry.receive;

import ferry.error.TransferException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A regular file that is there already, as it was when we first looked: what is read later counts only if it has not
 * changed since. Keeps no file open. For one thread at a time.
 */
final class ExistingFile {
    private final Path path;
    private final Identity identity;

    /** What changes when a file does: the time of its last change of any kind too, where there is such a thing. */
    private record Identity(
            long size, FileTime modified, @Nullable Object key, Map<String, Object> changed) {}

    private ExistingFile(Path path, Identity identity) {
        this.path = path;
        this.identity = identity;
    }

    /** Looks at a path; empty if there is nothing, or anything but a regular file. Links are not followed. */
    static Optional<ExistingFile> at(Path path) throws IOException {
        Optional<BasicFileAttributes> attributes = Found.attributes(path);
        try {
            return attributes.isPresent() && Found.of(attributes.get()) == Found.FILE
                    ? Optional.of(new ExistingFile(path, identity(path, attributes.get())))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return identity.size();
    }

    FileTime modified() {
        return identity.modified();
    }

    /** Whether the path still leads to the same file, and nothing has been done to it. */
    boolean isUnchanged() throws IOException {
        Optional<ExistingFile> now = at(path);
        return now.isPresent() && now.get().identity.equals(identity);
    }

    /** Whether it holds the same bytes as a staged file; false also if it changed while it was read. */
    boolean holdsTheSameAs(FileChannel staged) throws IOException {
        if (staged.size() != size()) {
            return false;
        }
        ByteBuffer both = ScratchBuffer.get();
        int half = both.capacity() / 2;
        try (FileChannel channel = open()) {
            for (long offset = 0; offset < size(); offset += half) {
                int length = (int) Math.min(half, size() - offset);
                ByteBuffer here = both.slice(0, length);
                ByteBuffer there = both.slice(half, length);
                ChunkReader.read(channel, here, offset);
                ChunkReader.read(staged, there, offset);
                if (!here.equals(there)) {
                    return false;
                }
            }
        }
        return isUnchanged();
    }

    /** Hashes a part, and hands over what it reads of it; empty if the file has changed. */
    Optional<ChunkSum> sum(long start, int length, ChunkReader.Sink sink) throws IOException, TransferException {
        try (FileChannel channel = open()) {
            ChunkSum sum = ChunkReader.sum(channel, start, length, sink);
            return isUnchanged() ? Optional.of(sum) : Optional.empty();
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    /** Syncs the content of the file that is there now; what it is called is another matter. */
    static void sync(Path path, Syncer syncer) throws IOException {
        if (Found.at(path) != Found.FILE) {
            throw new EOFException("it is no file any more");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            syncer.content(channel);
        }
    }

    /** Looks first: opening a named pipe would wait for somebody to write to it. */
    private FileChannel open() throws IOException {
        if (!isUnchanged()) {
            throw new EOFException("it has changed");
        }
        return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private static Identity identity(Path path, BasicFileAttributes attributes) throws IOException {
        Map<String, Object> changed =
                path.getFileSystem().supportedFileAttributeViews().contains("unix")
                        ? Files.readAttributes(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS)
                        : Map.of();
        return new Identity(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey(), changed);
    }
}
