package ferry.receive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The folder of one partial file in staging, {@code partial/<key>/}: its bytes and their journal. They are together so that
 * one move takes both to another receiver. Immutable; whoever has claimed the key may use it.
 */
record PartialFolder(Path path) {
    /** What there is of a partial file. */
    record State(Journal.Header header, ChunkRuns chunks, Instant lastUsed) {
        long bytes() {
            return chunks.bytes(header.size());
        }
    }

    /** All those in a folder, which need not exist. */
    static List<PartialFolder> in(Path partials) throws IOException {
        return KeptFolders.in(partials).stream().map(PartialFolder::new).toList();
    }

    String key() {
        return path.getFileName().toString();
    }

    Path content() {
        return path.resolve("content");
    }

    Path journal() {
        return path.resolve("journal");
    }

    /**
     * Looks at what is there; empty if nothing of it is of use.
     *
     * <p>A file that has a second name has been placed under it, by a receiver that died before it removed the first: it
     * belongs to others now, and must never be written to.
     */
    Optional<State> look() throws IOException {
        if (Found.at(content()) != Found.FILE || Found.at(journal()) != Found.FILE || hasTwoNames(content())) {
            return Optional.empty();
        }
        Optional<Journal.Content> journal = Journal.read(journal());
        if (journal.isEmpty()) {
            return Optional.empty();
        }
        Journal.Header header = journal.get().header();
        ChunkRuns chunks = journal.get().chunks().within(Files.size(content()), header.size());
        FileTime lastUsed = Files.getLastModifiedTime(journal(), LinkOption.NOFOLLOW_LINKS);
        return chunks.isEmpty() ? Optional.empty() : Optional.of(new State(header, chunks, lastUsed.toInstant()));
    }

    /** Whether nobody else can have a hand in it. */
    boolean isOwned(Ownership ownership) throws IOException {
        return ownership.hasAll(path, content(), journal());
    }

    /** Makes the folder for a new partial file. */
    void create() throws IOException {
        Files.createDirectories(path.getParent(), Permissions.privateDirectory(path));
        Files.createDirectory(path, Permissions.privateDirectory(path));
    }

    /** Makes what is there fit for going on: writable by us, and no longer than the file is to be. */
    void prepare(Permissions permissions, long size) throws IOException {
        permissions.makeStaged(content());
        try (FileChannel channel = FileChannel.open(content(), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.truncate(size);
        }
    }

    /** Deletes it, as far as possible. */
    void remove() throws IOException {
        if (Found.at(path) == Found.DIRECTORY) {
            Staging.remove(path);
        }
    }

    private static boolean hasTwoNames(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
    }
}
