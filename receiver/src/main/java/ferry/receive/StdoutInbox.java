package ferry.receive;

import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An {@link Inbox} for one file, whose bytes go out in order ({@code receive --stdout}).
 *
 * <p>Whatever has been written cannot be taken back, so a file that ends in the middle makes way for no other.
 */
final class StdoutInbox implements Inbox {
    private final WritableByteChannel out;
    private final TransferQuota quota;

    /** Whether a file has the output now, or has spoilt it. */
    private final AtomicBoolean taken = new AtomicBoolean();

    /** @param out is not closed by us */
    StdoutInbox(WritableByteChannel out, OptionalLong maxFileSize, OptionalLong maxTransferSize) {
        this.out = out;
        this.quota = new TransferQuota(maxFileSize, maxTransferSize);
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        quota.requireAllowed(file.path(), file.size().orElse(0));
        if (!taken.compareAndSet(false, true)) {
            throw notAllowed(file.path(), "the receiver takes a single file, for its standard output");
        }
        return new Admission.AcceptInOrder(new Stream(file));
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        throw notAllowed(directory.path(), "the receiver writes to its standard output, and takes no directory");
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        throw notAllowed(link.path(), "the receiver writes to its standard output, and takes no symbolic link");
    }

    @Override
    public Map<Placement, TransferException> sync(Collection<Placement> placements) {
        return Map.of();
    }

    @Override
    public void settle(SettleListener listener) {}

    @Override
    public long freeSpace() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {}

    private static TransferException notAllowed(RelativePath path, String why) {
        return new TransferException(ErrorCode.NOT_ALLOWED, path.toString(), why);
    }

    /** The file that has the output. */
    private final class Stream implements StagedFile {
        private final Entry.File file;
        private long written;
        private boolean complete;

        Stream(Entry.File file) {
            this.file = file;
        }

        @Override
        public void write(ByteBuffer bytes, long offset) throws TransferException {
            if (offset != written) {
                throw new TransferException(
                        ErrorCode.PROTOCOL_VIOLATION,
                        file.path().toString(),
                        "expected byte %d next, got byte %d".formatted(written, offset));
            }
            int length = bytes.remaining();
            quota.requireAllowed(file.path(), written + length);
            quota.take(file.path(), length);
            try {
                while (bytes.hasRemaining()) {
                    written += out.write(bytes);
                }
            } catch (IOException e) {
                throw new TransferException(
                        ErrorCode.STORAGE_FAILED,
                        file.path().toString(),
                        "the receiver's standard output cannot be written: " + DiskFailures.reason(e),
                        e);
            }
        }

        @Override
        public Placement complete(long size) throws TransferException {
            if (size != written) {
                throw new TransferException(
                        ErrorCode.STORAGE_FAILED,
                        file.path().toString(),
                        "expected %d bytes, %d were written to standard output".formatted(size, written));
            }
            complete = true;
            return new Placement(file.path(), Outcome.PLACED, Durability.STREAMED, Optional.empty());
        }

        /** As long as nothing was written, another file may come; after an empty file that is complete, none. */
        @Override
        public void abandon() {
            if (written == 0 && !complete) {
                taken.set(false);
            }
        }
    }
}
