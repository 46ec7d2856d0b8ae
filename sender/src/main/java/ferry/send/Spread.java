package ferry.send;

import ferry.entry.Chunks;
import ferry.entry.Coverage;
import ferry.error.TransferException;
import ferry.send.Outgoing.Whole;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a file has gone whose chunks go over any streams. Guarded by the {@link Ledger}'s lock. */
final class Spread {
    private final long size;
    private final Coverage sent;
    private long next;
    private int streams;
    private @Nullable TransferException problem;

    Spread(long size) {
        this.size = size;
        this.sent = Coverage.ofSize(size);
    }

    /** Whether there is a chunk that no stream was given. */
    boolean hasChunk() {
        return problem == null && next < Chunks.count(size);
    }

    /** How many those are. */
    long chunksLeft() {
        return Chunks.count(size) - next;
    }

    /** The next chunk, which this stream is to send. */
    long take(int stream) {
        streams |= 1 << stream;
        return next++;
    }

    /** A stream has sent a chunk, with this CRC-32C. */
    void sent(long chunk, int crc) {
        try {
            sent.add(Chunks.start(chunk), Chunks.length(chunk, size), crc);
        } catch (TransferException e) {
            throw new IllegalStateException("chunk %d was sent twice".formatted(chunk), e);
        }
    }

    /** A stream could not read the file. */
    void fail(TransferException reason) {
        problem = problem == null ? reason : problem;
    }

    Optional<TransferException> problem() {
        return Optional.ofNullable(problem);
    }

    /** Whether all chunks were sent. */
    boolean isSent() {
        return sent.isWhole(size);
    }

    /** What END is to say; once all chunks were sent. */
    Whole whole() {
        return new Whole(size, sent.crc(size));
    }

    /** Whether this stream was given chunks of it. */
    boolean hasUsed(int stream) {
        return (streams & 1 << stream) != 0;
    }
}
