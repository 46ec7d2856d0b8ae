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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * Writes what became of each entry to the file of {@code --receipt}: the lines of {@code docs/JSON.md} that are about transfers,
 * each with its time. Written line by line as they come, and synced at the end of each transfer. Not thread-safe: it is called by
 * {@link Reporter}'s thread, and asked and closed when that has ended.
 *
 * <p>The file may hold the receipts of any number of runs: each is appended to those before, and each line with one call, so that
 * several runs may write at once. When it cannot be written any more,
 * the transfers go on without it.
 */
final class ReceiptWriter implements TransferListener, AutoCloseable {
    private static final byte LINE_END = '\n';

    private final Path file;
    private final FileChannel channel;
    private final Clock clock;
    private final Consumer<TransferException> onBroken;
    private boolean broken;

    private ReceiptWriter(Path file, FileChannel channel, Clock clock, Consumer<TransferException> onBroken) {
        this.file = file;
        this.channel = channel;
        this.clock = clock;
        this.onBroken = onBroken;
    }

    /**
     * Opens the file, which is made if it is not there.
     *
     * @param onBroken hears once why the file cannot be written any more
     * @throws TransferException RECEIPT_FILE, if that is not possible
     */
    static ReceiptWriter open(Path file, Clock clock, Consumer<TransferException> onBroken) throws TransferException {
        try {
            boolean isCut = isCut(file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            ReceiptWriter writer = new ReceiptWriter(file, channel, clock, onBroken);
            if (isCut) {
                writer.write(ByteBuffer.wrap(new byte[] {LINE_END}));
            }
            return writer;
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** A run that was killed may have left the beginning of a line, of which nothing must become part. */
    private static boolean isCut(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) != LINE_END;
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
                    TransferEvent.Reconnecting _,
                    TransferEvent.Reconnected _,
                    TransferEvent.Streams _,
                    TransferEvent.Compression _,
                    TransferEvent.Found _,
                    TransferEvent.Frame _,
                    TransferEvent.Notice _,
                    TransferEvent.Warning _,
                    TransferEvent.Checked _,
                    TransferEvent.Partial _ -> {}
        }
    }

    /** Whether the receipt is not whole. */
    boolean isBroken() {
        return broken;
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
        if (broken) {
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
        if (!broken) {
            try {
                channel.force(false);
            } catch (IOException e) {
                fail(e);
            }
        }
    }

    private void fail(IOException problem) {
        if (!broken) {
            broken = true;
            onBroken.accept(unusable(file, problem));
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
