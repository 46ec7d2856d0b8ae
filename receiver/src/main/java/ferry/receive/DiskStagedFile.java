package ferry.receive;

import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link StagedFile} that is a file in staging; created, and its space promised, when it is needed. */
final class DiskStagedFile implements StagedFile {
    private enum State {
        /** No space is promised yet. */
        IDLE,
        OPEN,
        ENDED
    }

    private final Entry.File file;
    private final Path path;
    private final Disk disk;
    private final TransferQuota quota;

    private State state = State.IDLE;
    private boolean created;
    private @Nullable FileChannel channel;

    /** Whether the channel may stay open between steps. */
    private boolean ownsHandle;

    /** Bytes promised by the budget and not written yet. */
    private long promised;

    /** Bytes that the transfer's quota counts for this file. */
    private long counted;

    DiskStagedFile(Entry.File file, Path path, Disk disk, TransferQuota quota) {
        this.file = file;
        this.path = path;
        this.disk = disk;
        this.quota = quota;
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
        try {
            disk.budget().promise(file.path(), size);
        } catch (TransferException e) {
            quota.giveBack(size);
            throw e;
        }
        counted = size;
        promised = size;
        state = State.OPEN;
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws TransferException {
        reserve();
        requireOpen();
        int length = bytes.remaining();
        requireRoom(Math.addExact(offset, length));
        try {
            FileChannel open = channel();
            long position = offset;
            while (bytes.hasRemaining()) {
                position += open.write(bytes, position);
            }
        } catch (IOException e) {
            throw disk.failures().explain(file.path(), "written", e);
        } finally {
            rest();
        }
        settle(length);
    }

    @Override
    public Placement complete(long size) throws TransferException {
        reserve();
        requireOpen();
        try {
            FileChannel content = channel();
            requireWhole(content.size(), size);
            disk.permissions().finish(path, file.attributes());
            disk.syncer().content(content);
            Optional<String> digest =
                    disk.options().sha256() ? FileChecksums.of(content, true).sha256() : Optional.empty();
            Placement placement = disk.placer()
                    .place(new FileArrival(path, content, file.attributes(), disk), file.path())
                    .with(digest);
            state = State.ENDED;
            return placement;
        } catch (IOException e) {
            throw disk.failures().explain(file.path(), "made durable", e);
        } finally {
            discard();
        }
    }

    @Override
    public void abandon() {
        if (state != State.ENDED) {
            discard();
        }
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

    /** So many bytes are written: they count as used now, and not as promised. */
    private void settle(long written) {
        long settled = Math.min(written, promised);
        promised -= settled;
        disk.budget().settle(settled);
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = created
                    ? FileChannel.open(
                            path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                    : FileChannel.open(
                            path,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                            Permissions.privateFile(path));
            created = true;
            channel = open;
        }
        return open;
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

    /** Leaves nothing behind, whatever has happened; what is placed has another name by now. */
    private void discard() {
        closeChannel();
        if (ownsHandle) {
            ownsHandle = false;
            disk.handles().release();
        }
        disk.budget().settle(promised);
        promised = 0;
        if (state != State.ENDED) {
            quota.giveBack(counted);
            counted = 0;
            state = State.ENDED;
        }
        if (created) {
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
