package ferry.receive;

import ferry.entry.ChunkDigest;
import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Coverage;
import ferry.error.TransferException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Holds the sender's proofs against what is already here: a candidate, and what an earlier transfer has left in the staged file
 * (docs/PROTOCOL.md, section 5.7).
 *
 * <p>As long as every chunk of the candidate is the same, nothing is written: it may turn out to be the file that is
 * offered. Its chunks found the same are remembered, {@value #MAX_REMEMBERED} of them at most, so that they can be copied into
 * staging when another one differs. What is the same in the staged file is where it belongs, and is not copied.
 * Belongs to the steps of one {@link IncomingFile}.
 */
final class Comparison {
    /** Chunks of a file of 256 GiB. Of a larger one what is the same is copied as it comes, to bound the memory. */
    static final int MAX_REMEMBERED = 32_768;

    /** A chunk that is the same in the candidate, and what proved it. */
    private record Known(long chunk, ChunkDigest digest) {}

    private final StagedFile staged;
    private final Optional<Candidate> candidate;
    private final ChunkSet asked;
    private final long size;
    private final Coverage covered;
    private final ArrayDeque<Known> remembered = new ArrayDeque<>();

    /** What is the same in the candidate. */
    private final Coverage seen;

    /** Whether there is no candidate, or it is not the file that is offered. */
    private boolean differs;

    /**
     * @param size of the file that is offered
     * @param covered learns what of the staged file is as it should be
     */
    Comparison(Admission.Compare admission, long size, Coverage covered) {
        this.staged = admission.staged();
        this.candidate = admission.candidate();
        this.asked = admission.chunks();
        this.size = size;
        this.covered = covered;
        this.seen = Coverage.ofSize(size);
        this.differs = candidate.isEmpty() || !candidate.get().mayBeTheSame();
    }

    /** Whether a proof of this chunk was asked for. */
    boolean isAsked(long chunk) {
        return asked.contains(chunk);
    }

    /**
     * Compares a chunk.
     *
     * @throws TransferException if it differs and the conflict policy wants nothing else in that case
     */
    boolean isSame(long chunk, ChunkDigest digest) throws TransferException {
        if (!differs) {
            if (isSameInCandidate(chunk, digest)) {
                return true;
            }
            candidate.orElseThrow().differs();
            differs = true;
            return isSameInStaging(chunk, digest);
        }
        return isSameInStaging(chunk, digest) || isSameInCandidate(chunk, digest);
    }

    /** Whether the next chunk to copy should be copied now rather than remembered longer. */
    boolean isFull() {
        return remembered.size() >= MAX_REMEMBERED;
    }

    /** Whether every chunk of the file was found the same in the candidate. */
    boolean allSame() {
        return !differs && seen.isWhole(size);
    }

    /** The CRC-32C of the file, if {@link #allSame}. */
    int crc() {
        return seen.crc(size);
    }

    /** The candidate as the result of the transfer, if {@link #allSame}; empty if it has changed since. */
    Optional<Placement> same() throws TransferException {
        return candidate.orElseThrow().same(seen.crc(size));
    }

    boolean hasToCopy() {
        return !remembered.isEmpty();
    }

    /**
     * Sees to it that one of the chunks that are the same is in the staged file; there must be one.
     *
     * @return the chunk, if it has changed since it was compared and must be sent after all
     */
    OptionalLong copyNext() throws TransferException {
        Known known = remembered.remove();
        if (isSameInStaging(known.chunk(), known.digest())) {
            return OptionalLong.empty();
        }
        Optional<ChunkSum> copied = candidate.orElseThrow().copy(known.chunk(), staged);
        if (copied.isEmpty() || !copied.get().digest().equals(known.digest())) {
            return OptionalLong.of(known.chunk());
        }
        staged.wrote(known.chunk());
        cover(known.chunk(), copied.get());
        return OptionalLong.empty();
    }

    private boolean isSameInStaging(long chunk, ChunkDigest digest) throws TransferException {
        Optional<ChunkSum> sum = staged.sum(chunk);
        if (sum.isEmpty() || !sum.get().digest().equals(digest)) {
            return false;
        }
        cover(chunk, sum.get());
        return true;
    }

    private boolean isSameInCandidate(long chunk, ChunkDigest digest) throws TransferException {
        Optional<ChunkSum> sum = candidate.flatMap(file -> file.sum(chunk));
        if (sum.isEmpty() || !sum.get().digest().equals(digest)) {
            return false;
        }
        seen.add(Chunks.start(chunk), sum.get().length(), sum.get().crc());
        remembered.add(new Known(chunk, digest));
        return true;
    }

    private void cover(long chunk, ChunkSum sum) throws TransferException {
        covered.add(Chunks.start(chunk), sum.length(), sum.crc());
    }
}
