package ferry.receive;

import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StagedFile} that is a file in staging; created, and its space promised, when it is needed. With a {@link Partial} it
 * may go on with what an earlier transfer has left, and be kept for a later one.
 */
final class DiskStagedFile implements StagedFile {
    private enum State {
        /** No space is promised yet. */
        IDLE,
        OPEN,
        /** It has its final name, and another one no more. */
        PLACED,
        ENDED
    }

    private static final Set<OpenOption> OPENING =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> CREATING =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

    private final Entry.File file;
    private final Path path;
    private final Disk disk;
    private final TransferQuota quota;
    private final Optional<Partial> partial;
    private final Runnable onPlaced;

    private State state = State.IDLE;
    private boolean created;

    /** With which mode it was created, if it will be complete in a moment. */
    private OptionalInt createdMode = OptionalInt.empty();

    private @Nullable FileChannel channel;

    /** Whether the channel may stay open between steps. */
    private boolean ownsHandle;

    /** Bytes promised by the budget and not written yet. */
    private long promised;

    /** Bytes that staging has, or has been promised, for this file. */
    private long held;

    /** Bytes that the transfer's quota counts for this file. */
    private long counted;

    /**
     * A file of which nothing is kept.
     *
     * @param onPlaced is run when it has its final name
     */
    DiskStagedFile(Entry.File file, Path path, Disk disk, TransferQuota quota, Runnable onPlaced) {
        this.file = file;
        this.path = path;
        this.disk = disk;
        this.quota = quota;
        this.partial = Optional.empty();
        this.onPlaced = onPlaced;
    }

    DiskStagedFile(Entry.File file, Partial partial, Disk disk, TransferQuota quota) {
        this.file = file;
        this.path = partial.content();
        this.disk = disk;
        this.quota = quota;
        this.partial = Optional.of(partial);
        this.onPlaced = () -> {};
        this.created = !partial.found().isEmpty();
        this.held = partial.foundBytes();
        disk.budget().hold(held);
    }

    /** The chunks that an earlier transfer may have left. */
    ChunkRuns found() {
        return partial.map(Partial::found).orElseGet(ChunkRuns::new);
    }

    /**
     * Makes sure of the space for a file of known size; once is enough.
     *
     * @throws TransferException NO_SPACE or TOO_LARGE
     */
    void reserve() throws TransferException {
        if (state != State.IDLE) {
            return;
        }
        long size = file.size().orElse(0);
        quota.take(file.path(), size);
        long missing = Math.max(0, size - held);
        try {
            disk.budget().promise(file.path(), missing);
        } catch (TransferException e) {
            quota.giveBack(size);
            throw e;
        }
        counted = size;
        promised = missing;
        held += missing;
        state = State.OPEN;
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws TransferException {
        reserve();
        requireOpen();
        int length = bytes.remaining();
        requireRoom(Math.addExact(offset, length));
        if (!isFound(Chunks.of(offset))) {
            spend(length);
        }
        try {
            FileChannel open = channel();
            writeFully(open, bytes, offset);
        } catch (IOException e) {
            throw disk.failures().explain(file.path(), "written", e);
        } finally {
            rest();
        }
    }

    @Override
    public void wrote(long chunk) {
        partial.ifPresent(kept -> kept.wrote(chunk));
    }

    @Override
    public Optional<ChunkSum> sum(long chunk) {
        if (!isFound(chunk)) {
            return Optional.empty();
        }
        long size = file.size().orElseThrow();
        try {
            return Optional.of(
                    ChunkReader.sum(channel(), Chunks.start(chunk), Chunks.length(chunk, size), ChunkReader.Sink.NONE));
        } catch (IOException e) {
            return Optional.empty();
        } catch (TransferException e) {
            throw new IllegalStateException("nothing is written", e);
        } finally {
            rest();
        }
    }

    @Override
    public Placement complete(long size) throws TransferException {
        return complete(size, OptionalInt.empty());
    }

    @Override
    public Placement complete(long size, int crc32c) throws TransferException {
        return complete(size, OptionalInt.of(crc32c));
    }

    private Placement complete(long size, OptionalInt crc32c) throws TransferException {
        reserve();
        requireOpen();
        FileChannel content = sync(size);
        try {
            Optional<String> digest = disk.options().sha256() ? Optional.of(sha256(content, crc32c)) : Optional.empty();
            Placement placement = disk.placer()
                    .place(new FileArrival(path, content, file.attributes(), disk), file.path())
                    .with(digest);
            state = State.PLACED;
            end(Rest.REMOVED);
            onPlaced.run();
            return placement;
        } catch (TransferException e) {
            end(Rest.after(e.code()));
            throw e;
        } catch (IOException e) {
            end(Rest.REMOVED);
            throw disk.failures().explain(file.path(), "read again", e);
        }
    }

    /** Reads it once more; a digest of anything but what was sent would bless what the disk has made of it. */
    private String sha256(FileChannel content, OptionalInt expected) throws IOException, TransferException {
        FileChecksums found = FileChecksums.of(content, FileChecksums.Kind.WITH_SHA256);
        if (expected.isPresent() && found.crc32c() != expected.getAsInt()) {
            throw new TransferException(
                    ErrorCode.CORRUPT_FILE,
                    file.path().toString(),
                    "the CRC-32C of what is stored is %s, expected %s"
                            .formatted(Crc32c.hex(found.crc32c()), Crc32c.hex(expected.getAsInt())));
        }
        return found.sha256().orElseThrow();
    }

    @Override
    public void abandon() {
        end(Rest.REMOVED);
    }

    @Override
    public void keep() {
        end(Rest.KEPT);
    }

    private FileChannel sync(long size) throws TransferException {
        boolean durable = false;
        try {
            FileChannel content = channel();
            requireWhole(content.size(), size);
            finish();
            disk.syncer().content(content);
            durable = true;
            return content;
        } catch (IOException e) {
            throw disk.failures().explain(file.path(), "made durable", e);
        } finally {
            if (!durable) {
                abandon();
            }
        }
    }

    private void finish() throws IOException {
        if (createdMode.isPresent()) {
            disk.permissions().finishCreated(path, createdMode.getAsInt(), file.attributes());
        } else {
            disk.permissions().finish(path, file.attributes());
        }
    }

    /** What else is kept makes way on a disk that is fuller than its free space said. */
    private void writeFully(FileChannel open, ByteBuffer bytes, long offset) throws IOException {
        long position = offset;
        while (bytes.hasRemaining()) {
            try {
                position += open.write(bytes, position);
            } catch (IOException e) {
                if (!disk.failures().isFull(e) || !disk.budget().makeRoom()) {
                    throw e;
                }
            }
        }
    }

    private boolean isFound(long chunk) {
        return partial.isPresent() && partial.get().found().contains(chunk);
    }

    /** A size that is not known is checked as it grows; a known one is a bound that the peer must not pass. */
    private void requireRoom(long end) throws TransferException {
        if (file.size().isPresent()) {
            if (end > file.size().getAsLong()) {
                throw new TransferException(
                        ErrorCode.PROTOCOL_VIOLATION,
                        file.path().toString(),
                        "data up to byte %d of a file of %d bytes"
                                .formatted(end, file.size().getAsLong()));
            }
        } else if (end > counted) {
            long more = end - counted;
            quota.requireAllowed(file.path(), end);
            quota.take(file.path(), more);
            counted = end;
            disk.budget().promise(file.path(), more);
            promised += more;
            held += more;
        }
    }

    private void requireWhole(long staged, long sent) throws TransferException {
        if (staged != sent) {
            throw new TransferException(
                    ErrorCode.STORAGE_FAILED,
                    file.path().toString(),
                    "expected %d bytes in staging, found %d".formatted(sent, staged));
        }
    }

    /** So many bytes are written next: they count as used now, and not as promised. */
    private void spend(long next) {
        long spent = Math.min(next, promised);
        promised -= spent;
        disk.budget().spend(spent);
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = created
                    ? FileChannel.open(path, OPENING, NO_ATTRIBUTES)
                    : FileChannel.open(path, CREATING, attributes());
            created = true;
            channel = open;
        }
        return open;
    }

    private FileAttribute<?>[] attributes() {
        if (!disk.out().isForOneGo()) {
            return Permissions.privateFile(path);
        }
        createdMode = OptionalInt.of(disk.permissions().creationMode(file.attributes()));
        return disk.permissions().created(createdMode.getAsInt(), path);
    }

    /** After a step: keeps the channel if there are handles enough. */
    private void rest() {
        if (!ownsHandle) {
            ownsHandle = disk.handles().tryAcquire();
        }
        if (!ownsHandle) {
            closeChannel();
        }
    }

    /** Gives everything back, and leaves no more behind than it is asked to. */
    private void end(Rest rest) {
        if (state == State.ENDED) {
            return;
        }
        closeChannel();
        if (ownsHandle) {
            ownsHandle = false;
            disk.handles().release();
        }
        if (state != State.PLACED) {
            quota.giveBack(counted);
        }
        state = State.ENDED;
        if (partial.isEmpty()) {
            delete();
        } else if (rest == Rest.KEPT) {
            partial.get().keep();
        } else {
            partial.get().remove();
        }
        disk.budget().settle(promised);
        disk.budget().leave(held);
    }

    private void delete() {
        // The older way of deleting does not look first what it is about to delete.
        if (created && !path.toFile().delete()) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // It goes with the transfer's folder, or with the next receiver's start.
            }
        }
    }

    private void closeChannel() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // What must be known of the content, the sync has told.
            }
        }
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException("expected a file that is open, it is " + state);
        }
    }
}
