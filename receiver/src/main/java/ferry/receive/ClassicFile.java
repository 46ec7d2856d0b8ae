package ferry.receive;

import ferry.entry.Attributes;
import ferry.entry.Crc32c;
import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The disk's side of a file that comes by the classic protocol, in an inbox of its own.
 *
 * <p>The connection's thread calls; the steps run in that order, one at a time, on the disk pool. What is neither final nor
 * volatile belongs to those steps, but for {@code size}, which is the caller's.
 */
final class ClassicFile implements AutoCloseable {
    private final Entry.File entry;
    private final Mailbox<Runnable> mailbox;
    private long size;

    private final Crc32c crc = new Crc32c();
    private @Nullable Inbox inbox;
    private @Nullable StagedFile staged;
    private volatile @Nullable TransferException failure;

    /** What became of the whole file. */
    record Stored(Placement placement, long size, int crc) {}

    private ClassicFile(Entry.File entry, Executor disk) {
        this.entry = entry;
        this.mailbox = Mailbox.open(disk, Runnable::run);
    }

    /**
     * Opens the inbox.
     *
     * @throws TransferException if there is none to be had
     */
    static ClassicFile open(RelativePath name, InboxFactory inboxes, Executor disk)
            throws TransferException, InterruptedException {
        ClassicFile file = new ClassicFile(new Entry.File(name, OptionalLong.empty(), Attributes.NONE), disk);
        file.await(() -> file.inbox = inboxes.open(Visitor.ANYBODY));
        return file;
    }

    /** The name alone: neither size nor attributes are known. */
    Entry.File entry() {
        return entry;
    }

    /** Asks the inbox to take the file; throws its refusal. */
    void admit() throws TransferException, InterruptedException {
        await(() -> staged = inbox().admit(entry).staged());
    }

    /**
     * Takes over a piece with the next bytes, and gives it back when they are written.
     *
     * @throws TransferException if a piece before could not be written; this one is given back
     */
    void append(Piece piece) throws TransferException {
        TransferException earlier = failure;
        if (earlier != null) {
            piece.release();
            throw earlier;
        }
        piece.at(size);
        size += piece.buffer().remaining();
        mailbox.post(() -> write(piece));
    }

    /** Makes the file durable under its final name. */
    Stored complete() throws TransferException, InterruptedException {
        long whole = size;
        return await(() -> {
            TransferException earlier = failure;
            if (earlier != null) {
                throw earlier;
            }
            Placement placement = staged().complete(whole, crc.value());
            for (TransferException lost : inbox().sync(List.of(placement)).values()) {
                throw lost;
            }
            return new Stored(placement, whole, crc.value());
        });
    }

    /** Lets go of whatever was not placed, soon; the last call. */
    @Override
    public void close() {
        mailbox.post(() -> {
            if (staged != null) {
                staged.abandon();
            }
            inbox().close();
        });
    }

    private void write(Piece piece) {
        try {
            if (failure == null) {
                crc.update(piece.buffer());
                staged().write(piece.buffer(), piece.offset());
            }
        } catch (TransferException e) {
            failure = e;
        } catch (Throwable e) { // Whatever it is, the sender waits for an answer.
            failure = new TransferException(ErrorCode.INTERNAL, entry.path().toString(), e.toString(), e);
        } finally {
            piece.release();
        }
    }

    private <T> T await(Callable<T> step) throws TransferException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(step);
        mailbox.post(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw DiskPool.asThrown(e);
        }
    }

    private Inbox inbox() {
        return Objects.requireNonNull(inbox, "not opened");
    }

    private StagedFile staged() {
        return Objects.requireNonNull(staged, "not admitted");
    }
}
