package ferry.receive;

import ferry.entry.ChunkDigest;
import ferry.wire.Reason;

/** Something that arrived for an {@link IncomingFile}, or that is left to do for it. */
sealed interface FileStep
        permits FileStep.Offered,
                FileStep.Proved,
                FileStep.CopyNext,
                FileStep.Ended,
                FileStep.Withdrawn,
                FileStep.Dropped,
                FileStep.Afterwards,
                Piece {
    record Offered(Inbox inbox) implements FileStep {}

    record Proved(long chunk, ChunkDigest digest) implements FileStep {}

    record CopyNext() implements FileStep {}

    record Ended(IncomingFile.Whole whole) implements FileStep {}

    record Withdrawn(Reason reason) implements FileStep {}

    record Dropped() implements FileStep {}

    /** What is to follow when everything before is done. */
    record Afterwards(Runnable next) implements FileStep {}
}
