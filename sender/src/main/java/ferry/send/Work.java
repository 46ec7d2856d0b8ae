package ferry.send;

import ferry.entry.Chunks;
import ferry.error.TransferException;
import java.util.List;

/** What a stream is to do next, as the {@link Ledger} decides. */
sealed interface Work {
    /** Offer an entry under this number; for a small file with its content. */
    record Offer(Outgoing entry, Manner manner) implements Work {}

    /** Send the next chunk of a file, or the proof of it. */
    record Advance(Outgoing file) implements Work {}

    /** Send a chunk that the receiver asks for. */
    record SendAsked(Outgoing file, long chunk) implements Work {}

    /** Send this chunk of a file of which other streams send other chunks. */
    record SendPart(Outgoing file, long chunk) implements Work {
        /** Whether the chunk is no shorter than others. */
        boolean isWholeChunk() {
            return (chunk + 1) * Chunks.SIZE <= file.size().orElse(0);
        }
    }

    /** Send END of a file whose chunks were all sent, over whatever streams. */
    record Conclude(Outgoing file, Outgoing.Whole whole) implements Work {}

    /** End an entry whose source another stream could not read, for this reason. */
    record GiveUp(Outgoing file, TransferException reason) implements Work {}

    /** Withdraw a file of which part was sent over a stream that broke, and offer it again. */
    record Resend(Outgoing file) implements Work {}

    /** Remove these sources, which have durable receipts. */
    record Remove(List<SourceEntry> sources) implements Work {}

    /** Keep these in a file, since there are too many for memory. */
    record Spill(List<StoredEntry> entries) implements Work {}

    /** Let go what is batched: there is nothing to do until the receiver or the scan says more. */
    record Flush() implements Work {}

    /** Say that there were so many offers and that no more follow. */
    record Done(long entries) implements Work {}

    /** The receiver has said FINISHED, and every entry has its final answer. */
    record Finish() implements Work {}

    /** What goes with an OFFER. */
    enum Manner {
        /** Nothing: the verdict is awaited. */
        ALONE,
        /** The content of a small file, and END. */
        WITH_CONTENT
    }
}
