package ferry.receive;

import ferry.entry.ChunkDigest;
import ferry.entry.Chunks;
import ferry.entry.Coverage;
import ferry.error.TransferException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Holds the sender's proofs against a file that is already here (docs/PROTOCOL.md, section 5.7).
 *
 * <p>As long as every chunk is the same, nothing is written: the file may turn out to be the one that is offered. The
 * chunks found the same are remembered, {@value #MAX_REMEMBERED} of them at most, so that they can be copied into staging
 * when another one differs. Belongs to the steps of one {@link IncomingFile}.
 */
final class Comparison {
    /** Chunks of a file of 256 GiB. Of a larger one what is the same is copied as it comes, to bound the memory. */
    static final int MAX_REMEMBERED = 32_768;

    /** A chunk that is the same here, and what proved it. */
    record Known(long chunk, ChunkDigest digest) {}

    private final Candidate candidate;
    private final ArrayDeque<Known> remembered = new ArrayDeque<>();
    private final Coverage seen;
    private boolean differs;

    Comparison(Candidate candidate) {
        this.candidate = candidate;
        this.seen = Coverage.ofSize(candidate.size());
    }

    /**
     * Compares a chunk.
     *
     * @throws TransferException if it differs and the conflict policy wants nothing else in that case
     */
    boolean isSame(long chunk, ChunkDigest digest) throws TransferException {
        Optional<ChunkSum> sum = candidate.sum(chunk);
        if (sum.isEmpty() || !sum.get().digest().equals(digest)) {
            candidate.differs();
            differs = true;
            return false;
        }
        seen.add(Chunks.start(chunk), sum.get().length(), sum.get().crc());
        remembered.add(new Known(chunk, digest));
        return true;
    }

    /** Whether the next chunk to copy should be copied now rather than remembered longer. */
    boolean isFull() {
        return remembered.size() >= MAX_REMEMBERED;
    }

    /** Whether every chunk of the file was found the same. */
    boolean allSame() {
        return !differs && seen.isWhole(candidate.size());
    }

    /** The CRC-32C of the file, if {@link #allSame}. */
    int crc() {
        return seen.crc(candidate.size());
    }

    /** The file that is here as the result of the transfer; empty if it has changed since. */
    Optional<Placement> same() throws TransferException {
        return candidate.same();
    }

    boolean hasToCopy() {
        return !remembered.isEmpty();
    }

    /**
     * Copies one of the chunks that are the same into the staged file; there must be one.
     *
     * @param into covers what was copied
     * @return the chunk, if it has changed since it was compared and must be sent after all
     */
    OptionalLong copyNext(StagedFile staged, Coverage into) throws TransferException {
        Known known = remembered.remove();
        Optional<ChunkSum> copied = candidate.copy(known.chunk(), staged);
        if (copied.isEmpty() || !copied.get().digest().equals(known.digest())) {
            return OptionalLong.of(known.chunk());
        }
        into.add(
                Chunks.start(known.chunk()), copied.get().length(), copied.get().crc());
        return OptionalLong.empty();
    }
}
