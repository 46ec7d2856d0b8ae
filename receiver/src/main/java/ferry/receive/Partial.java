package ferry.receive;

import ferry.entry.Chunks;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file in staging that may outlive its transfer, and that one transfer has claimed. Belongs to the steps of one file, which
 * end the claim by {@link #keep} or {@link #remove}.
 */
final class Partial {
    private final Partials all;
    private final PartialFolder folder;
    private final long size;
    private final ChunkRuns found;
    private final ChunkRuns whole;
    private final @Nullable Journal journal;

    /**
     * @param found chunks that earlier transfers have left, as their journal says
     * @param journal null if none can be written
     */
    Partial(Partials all, PartialFolder folder, long size, ChunkRuns found, @Nullable Journal journal) {
        this.all = all;
        this.folder = folder;
        this.size = size;
        this.found = found;
        this.whole = new ChunkRuns();
        this.whole.addAll(found);
        this.journal = journal;
    }

    /** Where its bytes are, if there are any. */
    Path content() {
        return folder.content();
    }

    /** The chunks that earlier transfers have left, unless their journal errs. */
    ChunkRuns found() {
        return found;
    }

    long foundBytes() {
        return found.bytes(size);
    }

    /** A chunk has been written as a whole. */
    void wrote(long chunk) {
        if (journal == null || whole.contains(chunk)) {
            return;
        }
        try {
            journal.add(chunk);
            whole.add(chunk);
        } catch (IOException e) {
            // On a full disk, for one. The next transfer sends this chunk again.
        }
    }

    /** Ends the claim, and leaves what is whole to the next transfer; nothing is left if no chunk is. */
    void keep() {
        if (whole.isEmpty()) {
            remove();
        } else {
            all.release(folder, whole.bytes(size));
        }
    }

    /** Ends the claim, and deletes what is there. */
    void remove() {
        all.remove(folder);
    }

    /** Whether a file of this size is worth keeping: one chunk costs no more than its journal. */
    static boolean isWorthwhile(long size) {
        return size > Chunks.SIZE;
    }
}
