package ferry.receive;

import ferry.event.TransferListener;
import ferry.net.BufferPool;
import java.time.Duration;

/**
 * What all sessions of a receiver share; immutable, its parts thread-safe.
 *
 * @param inboxes opens the place where a transfer's entries go
 * @param timeout how long a peer may be silent
 * @param maxFileSize bytes a file may have, as it is told to senders
 * @param maxTransferSize bytes all files of a transfer may have together
 * @param agent this program's name and version
 * @param access who may send
 * @param live the transfers that further streams may join
 * @param decoders of compressed content
 */
record ReceiveServices(
        InboxFactory inboxes,
        DiskPool disk,
        BufferPool buffers,
        Duration timeout,
        long maxFileSize,
        long maxTransferSize,
        String agent,
        TransferListener listener,
        Access access,
        LiveTransfers live,
        Decoders decoders) {

    /** With no transfer, and no decoder, so far. */
    ReceiveServices(
            InboxFactory inboxes,
            DiskPool disk,
            BufferPool buffers,
            Duration timeout,
            long maxFileSize,
            long maxTransferSize,
            String agent,
            TransferListener listener,
            Access access) {
        this(
                inboxes,
                disk,
                buffers,
                timeout,
                maxFileSize,
                maxTransferSize,
                agent,
                listener,
                access,
                new LiveTransfers(),
                new Decoders());
    }
}
