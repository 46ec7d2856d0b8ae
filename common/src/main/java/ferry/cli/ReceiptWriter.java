package ferry.cli;

import ferry.error.ErrorCode;
import ferry.error.FileReason;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes what became of each entry to the file of {@code --receipt}: the lines of {@code docs/JSON.md} that are about transfers,
 * each with its time. Written line by line as they come, and synced at the end of each transfer. Not thread-safe: it is called by
 * {@link Reporter}'s thread, and asked when that has ended.
 *
 * <p>The file may hold the receipts of any number of runs: each is appended to those before. When it cannot be written any more,
 * the transfer goes on without it, and {@link #broken} keeps the reason.
 */
final class ReceiptWriter implements TransferListener, AutoCloseable {
    private static final byte LINE_END = '\n';

    private final Path file;
    private final FileChannel channel;
    private final Clock clock;
    private @Nullable TransferException broken;

    private ReceiptWriter(Path file, FileChannel channel, Clock clock) {
        this.file = file;
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * Opens the file, which is made if it is not there.
     *
     * @throws TransferException RECEIPT_FILE, if that is not possible
     */
    static ReceiptWriter open(Path file, Clock clock) throws TransferException {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            ReceiptWriter writer = new ReceiptWriter(file, channel, clock);
            writer.startLine();
            return writer;
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** A run that was killed may have left the beginning of a line, of which nothing must become part. */
    private void startLine() throws IOException {
        long size = channel.size();
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.position(size);
        if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != LINE_END) {
            write(ByteBuffer.wrap(new byte[] {LINE_END}));
        }
    }

    @Override
    public void on(TransferEvent event) {
        switch (event) {
            case TransferEvent.Started _, TransferEvent.Completed _, TransferEvent.Failed _, TransferEvent.Stopped _ ->
                append(event);
            case TransferEvent.Finished _ -> {
                append(event);
                sync();
            }
            case TransferEvent.Listening _,
                    TransferEvent.OwnKey _,
                    TransferEvent.Found _,
                    TransferEvent.Frame _,
                    TransferEvent.Notice _,
                    TransferEvent.Warning _,
                    TransferEvent.Checked _ -> {}
        }
    }

    /** Why the receipt is not whole, if it is not. */
    Optional<TransferException> broken() {
        return Optional.ofNullable(broken);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            fail(e);
        }
    }

    private void append(TransferEvent event) {
        if (broken != null) {
            return;
        }
        try {
            write(StandardCharsets.UTF_8.encode(JsonEvents.lineAt(event, clock.instant())));
        } catch (IOException e) {
            fail(e);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void sync() {
        if (broken == null) {
            try {
                channel.force(false);
            } catch (IOException e) {
                fail(e);
            }
        }
    }

    private void fail(IOException problem) {
        if (broken == null) {
            broken = unusable(file, problem);
        }
    }

    private static TransferException unusable(Path file, IOException problem) {
        return new TransferException(
                ErrorCode.RECEIPT_FILE,
                file.toString(),
                "the receipt cannot be written: " + FileReason.of(problem),
                problem);
    }
}
