package ferry.event;

import ferry.entry.Entry;
import ferry.entry.Outcome;
import java.util.concurrent.atomic.LongAdder;

/**
 * The live counters of one transfer: the session counts, whoever shows progress samples. Thread-safe and without locks, so
 * that the data path may count from any thread; a sample is therefore not a cut through one instant, but counts never go
 * back.
 */
public final class TransferProgress {
    private final LongAdder filesFound = new LongAdder();
    private final LongAdder filesAnswered = new LongAdder();
    private final LongAdder bytesFound = new LongAdder();
    private final LongAdder unsized = new LongAdder();
    private final LongAdder moved = new LongAdder();
    /** By how much compression made that less. */
    private final LongAdder compressed = new LongAdder();

    private final LongAdder spared = new LongAdder();

    /** Of what was moved and spared, that which must be so again. */
    private final LongAdder again = new LongAdder();

    private final LongAdder entries = new LongAdder();
    private final LongAdder files = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder same = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unanswered = new LongAdder();

    private volatile boolean allFound;

    /** An entry is offered. Once for each, also if it is offered again. */
    public void found(Entry entry) {
        unanswered.increment();
        if (entry instanceof Entry.File file) {
            if (file.size().isPresent()) {
                bytesFound.add(file.size().getAsLong());
            } else {
                unsized.increment();
            }
            filesFound.increment();
        }
    }

    /** No further entry will be found, so the totals are what they are. */
    public void allFound() {
        allFound = true;
    }

    /** Content went through the connection. */
    public void moved(long count) {
        moved.add(count);
    }

    /**
     * Content went through the connection, compressed.
     *
     * @param wire how many bytes it was there
     */
    public void moved(long count, long wire) {
        moved.add(count);
        compressed.add(count - wire);
    }

    /** How many bytes of content went through the connection so far, as they were there: compressed ones or plain ones. */
    public long wire() {
        return moved.sum() - compressed.sum();
    }

    /** Content need not go through the connection, because the receiver has it already. */
    public void spared(long count) {
        spared.add(count);
    }

    /**
     * The connection broke: what it has moved and spared of files without a final answer does not count as done any more. Nobody else
     * may be counting.
     *
     * @return how many bytes that was
     */
    public long brokeOff() {
        long lost = Math.max(0, moved.sum() + spared.sum() - again.sum() - bytes.sum());
        again.add(lost);
        return lost;
    }

    /** How many final answers there were; exact once nobody counts any more. */
    public long answered() {
        return entries.sum() + failed.sum();
    }

    /** The final answer for a file that was found: it is at the receiver, with so many bytes. */
    public void completed(Entry.File file, long size, Outcome outcome) {
        completedWithoutContent(outcome);
        if (file.size().isEmpty()) {
            bytesFound.add(size);
            unsized.decrement();
        }
        bytes.add(size);
        files.increment();
        filesAnswered.increment();
    }

    /** The final answer for a directory or link that was found: it is at the receiver. */
    public void completedWithoutContent(Outcome outcome) {
        unanswered.decrement();
        entries.increment();
        if (outcome == Outcome.SAME) {
            same.increment();
        }
    }

    /** The final answer for an entry that was found: it is not at the receiver. */
    public void failed(Entry entry) {
        failedWithoutContent();
        if (entry instanceof Entry.File file) {
            if (file.size().isEmpty()) {
                unsized.decrement();
            }
            filesAnswered.increment();
        }
    }

    /** The final answer for a directory or link that was found: it is not at the receiver. */
    public void failedWithoutContent() {
        unanswered.decrement();
        failed.increment();
    }

    /** Something that was asked for could not even be offered. */
    public void failedBeforeOffer() {
        failed.increment();
    }

    /** How many of the entries found have no final answer; exact once nobody counts any more. */
    public long unanswered() {
        return unanswered.sum();
    }

    /** Where the transfer stands, for showing. */
    public Sample sample() {
        boolean known = allFound && unsized.sum() == 0;
        return new Sample(
                filesFound.sum(),
                filesAnswered.sum(),
                bytesFound.sum(),
                moved.sum(),
                spared.sum() - again.sum(),
                known);
    }

    /** What it came to; exact once nobody counts any more. */
    public Totals totals() {
        return new Totals(entries.sum(), files.sum(), bytes.sum(), moved.sum(), same.sum(), failed.sum(), wire());
    }

    /**
     * The counters of one moment, or of several transfers together.
     *
     * @param files found so far
     * @param filesAnswered of these, those with a final answer
     * @param bytes the known sizes of the files found so far
     * @param moved bytes that went through the connection
     * @param spared bytes that need not, less those that went and must go again
     * @param isTotalKnown whether {@code files} and {@code bytes} are all that there will be
     */
    public record Sample(long files, long filesAnswered, long bytes, long moved, long spared, boolean isTotalKnown) {
        /** Nothing at all, to which other samples can be added. */
        public static final Sample NOTHING = new Sample(0, 0, 0, 0, 0, true);

        /** Bytes that need no further work; never more than {@link #bytes} if that is all there will be. */
        public long done() {
            long done = Math.max(0, moved + spared);
            return isTotalKnown ? Math.min(done, bytes) : done;
        }

        /** Both together. */
        public Sample plus(Sample other) {
            return new Sample(
                    files + other.files,
                    filesAnswered + other.filesAnswered,
                    bytes + other.bytes,
                    moved + other.moved,
                    spared + other.spared,
                    isTotalKnown && other.isTotalKnown);
        }

        /** The same transfer once it is over: what did not come by now is not waited for. */
        public Sample closed() {
            long done = Math.max(0, moved + spared);
            return new Sample(filesAnswered, filesAnswered, done, moved, spared, true);
        }
    }
}
