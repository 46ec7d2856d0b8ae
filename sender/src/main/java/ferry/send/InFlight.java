package ferry.send;

import ferry.entry.ChunkSet;
import ferry.entry.Chunks;
import ferry.entry.EntryKind;
import ferry.entry.Placing;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.send.Outgoing.Phase;
import ferry.send.Outgoing.Whole;
import ferry.send.Work.Manner;
import ferry.wire.Frame;
import ferry.wire.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a session that were offered and have no final answer, and which of them the stream can go on with. Guarded by
 * the {@link Ledger}'s lock.
 */
final class InFlight {
    /** What was known of an entry when its final answer came. */
    sealed interface Ended {
        /** It was in flight. */
        record Known(Outgoing entry) implements Ended {}

        /** It was stored, and so its number is all that is known of it here. */
        record Stored() implements Ended {}

        /** The receiver failed it for a reason that may have gone, and it is offered again. */
        record Again(Outgoing entry) implements Ended {}

        /** It was stored with the rest of its tree, whose receipts count together. */
        record OfTree() implements Ended {}

        /** This side withdrew it while the answer was on its way. */
        record Withdrawn() implements Ended {}
    }

    private static final int MANY_PARTS = 256;

    private final Map<Long, Outgoing> open = new TreeMap<>();
    private final EndedEntries ended = new EndedEntries();
    private final Placing placing;
    private final TreeReceipts tree = new TreeReceipts();
    private final ArrayDeque<Outgoing> ready = new ArrayDeque<>();

    /** Those that were stored and are not on disk. */
    private List<StoredEntry> recentlyStored = new ArrayList<>();

    /** Files whose next proof waits for the answers to others. */
    private final ArrayDeque<Outgoing> parked = new ArrayDeque<>();

    /** Files of which chunks may be given to any stream. */
    private final ArrayDeque<Outgoing> parts = new ArrayDeque<>();

    /** Those of which part was sent over a stream that broke. */
    private final ArrayDeque<Outgoing> lost = new ArrayDeque<>();

    private boolean spreads;
    private long nextNumber;
    private int awaitingVerdict;
    private int openProofs;
    private int unsettled;
    private long offerBytes;

    InFlight(Placing placing) {
        this.placing = placing;
    }

    /** Of a tree that appears at once, what its receipts say. */
    TreeReceipts tree() {
        return tree;
    }

    /** How many were ever offered; the number of the next. */
    long offered() {
        return nextNumber;
    }

    int size() {
        return open.size();
    }

    /** What the offers of those in flight cost. */
    long offerBytes() {
        return offerBytes;
    }

    /** How many have no final answer. */
    long unanswered() {
        return (long) open.size() + ended.stored();
    }

    /** Those without a final answer, but for those on disk, in the order of their offers. */
    List<ToOffer> unansweredInMemory() {
        BitSet unanswered = storedNumbers();
        return Stream.concat(
                        recentlyStored.stream()
                                .filter(stored -> unanswered.get(Math.toIntExact(stored.number())))
                                .map(stored -> ToOffer.first(stored.source())),
                        open.values().stream().map(entry -> new ToOffer(entry.source(), entry.attempts())))
                .toList();
    }

    /** The numbers of those that were stored and have no final answer; of a tree that appears at once, of all that were stored. */
    BitSet storedNumbers() {
        return switch (placing) {
            case ONE_BY_ONE -> ended.storedNumbers();
            case ALL_AT_ONCE -> tree.numbers();
        };
    }

    /** One that was stored has a durable receipt, so that its source may be removed. */
    void release(long number) {
        ended.release(number);
    }

    /** The numbers of those that were stored and released and are on disk. */
    BitSet releasedOnDisk() {
        BitSet released = ended.releasedNumbers();
        recentlyStored.forEach(stored -> released.clear(Math.toIntExact(stored.number())));
        return released;
    }

    /** Those that were stored and released, but for those on disk. */
    List<SourceEntry> releasedInMemory() {
        BitSet released = ended.releasedNumbers();
        return recentlyStored.stream()
                .filter(stored -> released.get(Math.toIntExact(stored.number())))
                .map(StoredEntry::source)
                .toList();
    }

    /** How many of those that were stored are not on disk. */
    int storedInMemory() {
        return recentlyStored.size();
    }

    /** A copy of those that were stored and are not on disk. */
    List<StoredEntry> stored() {
        return List.copyOf(recentlyStored);
    }

    /** Those that were stored and are not on disk; they are the caller's now. */
    List<StoredEntry> takeStored() {
        List<StoredEntry> taken = recentlyStored;
        recentlyStored = new ArrayList<>();
        return taken;
    }

    int awaitingVerdict() {
        return awaitingVerdict;
    }

    /** Whether the receiver can be expected to say something of one of them. */
    boolean isOwedAnAnswer() {
        return open.values().stream().anyMatch(Outgoing::isOwedAnAnswer);
    }

    /** Whether none may have to be offered again. */
    boolean allSettled() {
        return switch (placing) {
            case ONE_BY_ONE -> unsettled == 0;
            case ALL_AT_ONCE -> open.isEmpty();
        };
    }

    // What the stream does.

    Work.Offer offer(SourceEntry source, Outgoing.Attempts attempts, Manner manner) {
        Outgoing entry = new Outgoing(nextNumber++, source, attempts);
        open.put(entry.number(), entry);
        offerBytes += Credit.bytesOf(entry.entry());
        if (entry.entry().kind() == EntryKind.FILE) {
            unsettled++;
            switch (manner) {
                case ALONE -> awaitingVerdict++;
                case WITH_CONTENT -> entry.enter(Phase.SENDING);
            }
        } else {
            entry.enter(Phase.ENDED);
        }
        return new Work.Offer(entry, manner);
    }

    /** Whether the stream can go on with one of the files. */
    boolean hasReady() {
        dropLeading(parked);
        if (openProofs < Limits.MAX_UNANSWERED_PROOFS && !parked.isEmpty()) {
            ready.addFirst(parked.remove());
        }
        dropLeading(ready);
        return !ready.isEmpty();
    }

    /** Lets go of files at the front for which the stream has nothing to do any more. */
    private static void dropLeading(ArrayDeque<Outgoing> files) {
        while (!files.isEmpty() && !files.peek().needsStream()) {
            files.remove();
        }
    }

    /** The next file to go on with, after {@link #hasReady}. */
    Work takeReady() {
        Outgoing file = ready.remove();
        if (file.hasAsked()) {
            return new Work.SendAsked(file, file.takeAsked());
        }
        return file.spreading().map(spread -> concluded(file, spread)).orElseGet(() -> new Work.Advance(file));
    }

    private static Work concluded(Outgoing file, Spread spread) {
        return spread.problem()
                .<Work>map(reason -> new Work.GiveUp(file, reason))
                .orElseGet(() -> new Work.Conclude(file, spread.whole()));
    }

    // Files whose chunks go over any streams.

    /** From now on the chunks of files that are accepted may go over any streams. */
    void spread() {
        spreads = true;
    }

    /** Whether there is a chunk that any stream may send. */
    boolean hasPart() {
        while (!parts.isEmpty() && !isPartLeft(parts.element())) {
            parts.remove();
        }
        return !parts.isEmpty();
    }

    /** How many chunks may be given to streams; of more than {@value #MANY_PARTS} only that they are many. */
    long partsLeft() {
        long left = 0;
        for (Outgoing file : parts) {
            left += isPartLeft(file) ? file.spreading().orElseThrow().chunksLeft() : 0;
            if (left >= MANY_PARTS) {
                break;
            }
        }
        return left;
    }

    private static boolean isPartLeft(Outgoing file) {
        return file.phase() == Phase.SENDING
                && file.spreading().filter(Spread::hasChunk).isPresent();
    }

    /** The next chunk for this stream, after {@link #hasPart}. */
    Work.SendPart takePart(int stream) {
        Outgoing file = parts.element();
        return new Work.SendPart(file, file.spreading().orElseThrow().take(stream));
    }

    void partSent(Outgoing file, long chunk, int crc) {
        Spread spread = file.spreading().orElseThrow();
        spread.sent(chunk, crc);
        if (spread.isSent()) {
            ready.addFirst(file);
        }
    }

    void partFailed(Outgoing file, TransferException reason) {
        file.spreading().orElseThrow().fail(reason);
        ready.addFirst(file);
    }

    /** A stream broke: what it was given of files that have no final answer may not have arrived. Says whether there is any. */
    boolean streamBroke(int stream) {
        open.values().stream()
                .filter(file -> file.spreading()
                        .filter(spread -> spread.hasUsed(stream))
                        .isPresent())
                .filter(file -> !lost.contains(file))
                .forEach(lost::add);
        return hasLost();
    }

    boolean hasLost() {
        while (!lost.isEmpty() && lost.element().phase() == Phase.CLOSED) {
            lost.remove();
        }
        return !lost.isEmpty();
    }

    /** The next of those, after {@link #hasLost}. */
    Outgoing takeLost() {
        return lost.remove();
    }

    void more(Outgoing file) {
        ready.addFirst(file);
    }

    void ended(Outgoing file, Whole stated) {
        if (file.phase() != Phase.CLOSED) {
            change(file, () -> file.ended(stated));
        }
    }

    boolean mayProve(Outgoing file, long chunk) {
        if (file.phase() == Phase.CLOSED) {
            // The receiver has just answered it finally: a proof counted now would never be answered.
            return false;
        }
        if (openProofs >= Limits.MAX_UNANSWERED_PROOFS) {
            parked.add(file);
            return false;
        }
        openProofs++;
        file.proofSent(chunk);
        return true;
    }

    /** Ends an entry that the receiver may know nothing of yet; false if it had ended before. */
    boolean withdraw(Outgoing entry) {
        long answers = entry.answersOnTheirWay();
        if (!close(entry)) {
            return false;
        }
        ended.withdraw(entry.number(), answers);
        return true;
    }

    private boolean close(Outgoing entry) {
        if (entry.phase() == Phase.CLOSED) {
            return false;
        }
        if (entry.phase() == Phase.OFFERED) {
            awaitingVerdict--;
        }
        change(entry, () -> entry.enter(Phase.CLOSED));
        openProofs -= entry.openProofs();
        open.remove(entry.number());
        offerBytes -= Credit.bytesOf(entry.entry());
        return true;
    }

    // What the receiver answers. An answer for an entry that this side withdrew meanwhile is discarded.

    void accepted(long number) throws TransferException {
        Outgoing entry = find(number);
        if (entry == null) {
            return;
        }
        entry.accepted();
        if (entry.phase() != Phase.OFFERED) {
            return;
        }
        if (spreads && entry.spread()) {
            entry.enter(Phase.SENDING);
            awaitingVerdict--;
            parts.add(entry);
        } else {
            begin(entry);
        }
    }

    void acceptedInOrder(long number) throws TransferException {
        Outgoing entry = find(number);
        if (entry == null) {
            return;
        }
        entry.accepted();
        if (entry.phase() == Phase.OFFERED) {
            begin(entry);
        }
    }

    void compare(long number, ChunkSet chunks) throws TransferException {
        Outgoing entry = find(number);
        if (entry != null) {
            entry.compare(chunks);
            begin(entry);
        }
    }

    void have(long number) throws TransferException {
        Outgoing entry = find(number);
        if (entry != null) {
            entry.had();
        }
    }

    /** Returns how many bytes need not be sent because of that. */
    long same(long number, long chunk) throws TransferException {
        Outgoing entry = find(number);
        if (entry == null) {
            return 0;
        }
        entry.same(chunk);
        openProofs--;
        return Chunks.length(chunk, entry.size().orElse(0));
    }

    void send(long number, long chunk) throws TransferException {
        Outgoing entry = find(number);
        if (entry != null) {
            if (entry.asked(chunk)) {
                openProofs--;
            }
            ready.add(entry);
        }
    }

    void stored(long number) throws TransferException {
        Outgoing entry = find(number);
        if (entry == null && placing == Placing.ALL_AT_ONCE) {
            // Withdrawn meanwhile.
            return;
        }
        if (entry == null || (placing == Placing.ONE_BY_ONE && entry.entry().kind() == EntryKind.FILE)) {
            throw stray(number, "STORED");
        }
        if (!entry.hasEnded()) {
            throw entry.violation("STORED before END");
        }
        if (placing == Placing.ALL_AT_ONCE) {
            tree.stored(number, entry.entry(), entry.whole());
        }
        close(entry);
        ended.store(number);
        recentlyStored.add(new StoredEntry(number, entry.source(), entry.whole()));
    }

    /** A final answer of success, checked against what was sent. */
    Ended receipt(Frame.Receipt receipt) throws TransferException {
        Ended ended = failed(receipt.entry());
        return switch (ended) {
            case Ended.Known(Outgoing entry) -> {
                if (placing == Placing.ALL_AT_ONCE) {
                    throw entry.violation("RECEIPT before STORED, of a tree that is to appear at once");
                }
                requireTrue(receipt, entry);
                yield ended;
            }
            case Ended.Stored _
            when placing == Placing.ALL_AT_ONCE -> {
                tree.add(receipt);
                yield new Ended.OfTree();
            }
            case Ended.Stored _ -> {
                if (receipt.kind() == EntryKind.FILE) {
                    throw stray(receipt.entry(), "RECEIPT of a file");
                }
                yield ended;
            }
            case Ended.Withdrawn _, Ended.Again _, Ended.OfTree _ -> ended;
        };
    }

    private static void requireTrue(Frame.Receipt receipt, Outgoing entry) throws TransferException {
        if (!entry.hasEnded() || entry.entry().kind() != receipt.kind()) {
            throw entry.violation("RECEIPT before END, or for another kind of entry");
        }
        Whole whole = entry.whole();
        if (whole.size() != receipt.size() || whole.crc() != receipt.crc()) {
            throw new TransferException(
                    ErrorCode.CORRUPT_FILE,
                    entry.entry().path().toString(),
                    "the receiver has %d bytes with CRC-32C %08x, expected %d with %08x"
                            .formatted(receipt.size(), receipt.crc(), whole.size(), whole.crc()));
        }
    }

    /** A final answer of failure. */
    Ended failed(long number) throws TransferException {
        requireOffered(number);
        if (ended.takeStored(number)) {
            return new Ended.Stored();
        }
        if (ended.takeWithdrawn(number)) {
            return new Ended.Withdrawn();
        }
        Outgoing entry = open.get(number);
        if (entry == null) {
            throw stray(number, "a final answer");
        }
        close(entry);
        return new Ended.Known(entry);
    }

    private void begin(Outgoing entry) {
        entry.enter(Phase.SENDING);
        awaitingVerdict--;
        ready.add(entry);
    }

    /** The entry that an answer is for, unless this side has withdrawn it; so the receiver has no endless supply of them. */
    private @Nullable Outgoing find(long number) throws TransferException {
        requireOffered(number);
        Outgoing entry = open.get(number);
        if (entry != null) {
            return entry;
        }
        if (!ended.maySayMore(number)) {
            throw stray(number, "an answer");
        }
        return null;
    }

    private void requireOffered(long number) throws TransferException {
        if (number >= nextNumber) {
            throw stray(number, "an answer");
        }
    }

    private static TransferException stray(long number, String what) {
        return new TransferException(
                ErrorCode.PROTOCOL_VIOLATION, "receiver", "%s for entry %d, which is not open".formatted(what, number));
    }

    /** Moves a file on, and keeps the count of those that DONE must wait for. */
    private void change(Outgoing entry, Runnable step) {
        boolean wasSettled = entry.isSettled();
        step.run();
        if (!wasSettled && entry.isSettled()) {
            unsettled--;
        }
    }
}
