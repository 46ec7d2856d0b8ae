package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Sends chunks of files over one stream, while others send other chunks of the same files. For the stream's thread alone. */
final class PartSender implements AutoCloseable {
    private final ContentSender content;
    private @Nullable Outgoing latest;
    private @Nullable FileChannel open;

    PartSender(ContentSender content) {
        this.content = content;
    }

    /**
     * Sends a chunk.
     *
     * @return its CRC-32C
     * @throws TransferException as {@link ContentSender#send}, or SOURCE_CHANGED if it is not the file that was offered
     */
    int send(Outgoing file, long chunk) throws IOException, TransferException, InterruptedException {
        if (!(file.source() instanceof SourceEntry.LocalFile local)) {
            throw new TransferException(
                    ErrorCode.INTERNAL, file.entry().path().toString(), "only files of this machine go in parts");
        }
        FileChannel channel = open;
        if (channel == null || latest != file) {
            close();
            channel = local.open();
            open = channel;
            latest = file;
        }
        return content.send(file.number(), local, channel, chunk, PieceListener.NOBODY);
    }

    /** Closes the file that is open. */
    @Override
    public void close() {
        FileChannel channel = open;
        open = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // It was only read from; there is nothing to lose.
            }
        }
    }
}
