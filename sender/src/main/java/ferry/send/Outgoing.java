package ferry.send;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.wire.Limits;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;

/**
 * An entry between its OFFER and its final answer (or STORED): what was sent of it, and what the receiver has said. All but what
 * never changes is guarded by the {@link Ledger}'s lock.
 */
final class Outgoing {
    /** Where an entry stands; it only moves forward. */
    enum Phase {
        /** Offered; the verdict is awaited. Then SENDING, ENDED (nothing follows the offer, or it went with it) or CLOSED. */
        OFFERED,
        /** Accepted or compared: its chunks are sent or proved. Then ENDED or CLOSED. */
        SENDING,
        /** END is sent, if it is a file; only a chunk that is asked for may still follow. Then CLOSED. */
        ENDED,
        /** It has STORED or its final answer. */
        CLOSED
    }

    /**
     * What END stated.
     *
     * @param sha256 64 hexadecimal digits, which END does not state; empty unless the user wants to know
     */
    record Whole(long size, int crc, Optional<String> sha256) {
        static final Whole NONE = new Whole(0, 0);

        Whole(long size, int crc) {
            this(size, crc, Optional.empty());
        }
    }

    private static final Queue<Long> NOTHING_ASKED = new ArrayDeque<>(0);

    private final long number;
    private final SourceEntry source;
    private final Attempts attempts;
    private Phase phase = Phase.OFFERED;
    private boolean ended;
    private ChunkSet toProve = ChunkSet.NONE;

    /** These two are made when they are needed: thousands of files are in flight at a time, and few of them are compared. */
    private Set<Long> openProofs = Collections.emptySet();

    private Queue<Long> asked = NOTHING_ASKED;
    private long asks;
    private long proved;
    private boolean judged;
    private boolean had;
    private Whole whole = Whole.NONE;
    private Optional<Spread> spread = Optional.empty();

    Outgoing(long number, SourceEntry source, Attempts attempts) {
        this.number = number;
        this.source = source;
        this.attempts = attempts;
    }

    long number() {
        return number;
    }

    SourceEntry source() {
        return source;
    }

    Entry entry() {
        return source.entry();
    }

    Attempts attempts() {
        return attempts;
    }

    /** The size that was offered; empty for directories, links and where nobody knows. */
    OptionalLong size() {
        return entry() instanceof Entry.File file ? file.size() : OptionalLong.empty();
    }

    Phase phase() {
        return phase;
    }

    void enter(Phase next) {
        if (next.compareTo(phase) <= 0) {
            throw new IllegalStateException("entry %d goes from %s to %s".formatted(number, phase, next));
        }
        phase = next;
        ended |= next == Phase.ENDED;
    }

    /** Whether all was sent that the receiver needs to complete it. */
    boolean hasEnded() {
        return ended;
    }

    void ended(Whole stated) {
        whole = stated;
        enter(Phase.ENDED);
    }

    Whole whole() {
        return whole;
    }

    /** The receiver takes it; it says so once, or nothing at all of what came with its offer. */
    void accepted() throws TransferException {
        if (judged) {
            throw violation("a second VERDICT");
        }
        judged = true;
    }

    /** The receiver says that it has it already. */
    void had() throws TransferException {
        if (phase != Phase.ENDED) {
            throw violation("VERDICT have before END, so that nothing proves it");
        }
        if (had) {
            throw violation("VERDICT have for the second time");
        }
        had = true;
    }

    /** The receiver wants proofs of these chunks, and the others as data. */
    void compare(ChunkSet chunks) throws TransferException {
        long size = size().orElse(0);
        boolean fits = phase == Phase.OFFERED
                && size > Limits.MAX_EAGER_FILE
                && !chunks.ranges().isEmpty()
                && chunks.ranges().getLast().end() <= Chunks.count(size);
        if (!fits) {
            throw violation("VERDICT compare does not fit it");
        }
        judged = true;
        toProve = chunks;
    }

    boolean isCompared() {
        return !toProve.ranges().isEmpty();
    }

    boolean isProved(long chunk) {
        return toProve.contains(chunk);
    }

    void proofSent(long chunk) {
        if (openProofs.isEmpty()) {
            openProofs = new HashSet<>();
        }
        openProofs.add(chunk);
        proved = chunk + 1;
    }

    int openProofs() {
        return openProofs.size();
    }

    void same(long chunk) throws TransferException {
        if (!openProofs.remove(chunk)) {
            throw violation("SAME for chunk %d, of which no proof is open".formatted(chunk));
        }
    }

    /**
     * The receiver asks for a chunk: once on its proof, and perhaps once more if what it compared with has changed since.
     *
     * @return whether this answers a proof
     */
    boolean asked(long chunk) throws TransferException {
        asks++;
        // Each chunk at most once, be it on its proof or later; chunks are proved in rising order.
        if (!isProved(chunk) || chunk >= proved || asks > toProve.size()) {
            throw violation("SEND for chunk %d, which it may not ask for".formatted(chunk));
        }
        if (asked.isEmpty()) {
            asked = new ArrayDeque<>();
        }
        asked.add(chunk);
        return openProofs.remove(chunk);
    }

    boolean hasAsked() {
        return !asked.isEmpty();
    }

    /** The next chunk that was asked for; there must be one. */
    long takeAsked() {
        return asked.remove();
    }

    /** Whether it is the receiver's turn to say something of it. */
    boolean isOwedAnAnswer() {
        return phase == Phase.OFFERED || phase == Phase.ENDED || !openProofs.isEmpty();
    }

    /** How many answers, the final one not counted, may be on their way when this side withdraws it. */
    long answersOnTheirWay() {
        int verdicts = 2;
        return verdicts + openProofs.size() + Math.max(0, toProve.size() - asks);
    }

    /** Its chunks go over any streams, if it is a file of this machine whose chunks are all wanted; says whether they do. */
    boolean spread() {
        if (!isCompared()
                && source instanceof SourceEntry.LocalFile file
                && file.stamp().size() > 0) {
            spread = Optional.of(new Spread(file.stamp().size()));
        }
        return spread.isPresent();
    }

    /** How far its chunks have gone, if they go over any streams. */
    Optional<Spread> spreading() {
        return spread;
    }

    /** Whether the first stream can go on with it: with all of it, or with the end of what goes over any. */
    private boolean isUpToFirstStream() {
        return spread.isEmpty()
                || spread.get().isSent()
                || spread.get().problem().isPresent();
    }

    /** Whether the stream has something to do for it. */
    boolean needsStream() {
        return (phase == Phase.SENDING && isUpToFirstStream()) || (phase == Phase.ENDED && hasAsked());
    }

    /** Whether nothing can make the sender offer this entry again, so that DONE need not wait for its final answer. */
    boolean isSettled() {
        return phase == Phase.CLOSED || (phase == Phase.ENDED && !isCompared());
    }

    TransferException violation(String why) {
        return new TransferException(ErrorCode.PROTOCOL_VIOLATION, "receiver", "entry %d: %s".formatted(number, why));
    }

    /**
     * How often an entry was offered again, for reasons of its own.
     *
     * @param stale its source had changed between the offer and the opening
     * @param torn its source changed while it was read
     * @param failed the receiver failed it for a reason that may have gone
     */
    record Attempts(int stale, int torn, int failed) {
        static final Attempts FIRST = new Attempts(0, 0, 0);

        Attempts afterStale() {
            return new Attempts(stale + 1, torn, failed);
        }

        Attempts afterTorn() {
            return new Attempts(stale, torn + 1, failed);
        }

        Attempts afterFailure() {
            return new Attempts(stale, torn, failed + 1);
        }

        /** Once more for each of the three reasons. */
        boolean areAllowed() {
            return stale <= 1 && torn <= 1 && failed <= 1;
        }
    }
}
