package ferry.send;

import ferry.entry.ChunkSet;
import ferry.entry.Placing;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.send.Outgoing.Attempts;
import ferry.send.Outgoing.Phase;
import ferry.send.Outgoing.Whole;
import ferry.wire.Frame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which of a session's entries waits for what, and so what its stream does next.
 *
 * <p>Three threads meet here: the feeder brings what the scan finds, the stream asks what to do and tells what it did, the
 * reader tells what the receiver said. One lock guards everything, and is held for a few instructions and never across I/O, so
 * the reader waits for nobody. Memory is bounded by the credit, some thousand directories and links, which have their final answers
 * at the end, and one bit for each further one.
 */
final class Ledger {
    /** So many entries may have been found and not been offered. */
    private static final int MAX_FOUND = 256;

    /**
     * While so many verdicts are outstanding, content that may be sent goes before further offers; and before the first answer no more
     * are of use, since those of small files go with their content after it.
     */
    private static final int ENOUGH_OFFERS = 256;

    private static final int FIRST_STREAM = 0;

    /** So many stored entries may be in memory before the stream takes them to disk. */
    static final int MAX_STORED = 4096;

    /** What becomes of an entry that the receiver fails after DONE, for a reason that may have gone. */
    enum AfterDone {
        /** It is left over, for another session. */
        OFFER_AGAIN,
        FAIL
    }

    private enum Stage {
        /** More entries may be found. Then SCANNED. */
        SCANNING,
        /** All were found. Then DONE. */
        SCANNED,
        /** DONE is sent. Then FINISHED. */
        DONE,
        /** FINISHED is here. */
        FINISHED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Condition part = lock.newCondition();

    private final AfterDone afterDone;
    private final ArrayDeque<ToOffer> found = new ArrayDeque<>();
    private List<SourceEntry> released = new ArrayList<>();
    private final Placing placing;
    private final InFlight inFlight;
    private final Credit credit = new Credit();
    private Stage stage = Stage.SCANNING;
    private boolean flushed;
    private boolean proved;

    /** Whether what was withdrawn last is to be offered next: the receiver goes on with what it has of it only if that is so. */
    private boolean isOfferedNext;

    /** How many streams there are besides the first, and which were told to leave. */
    private int further;

    private final BitSet leaving = new BitSet();
    private final Paces paces = new Paces();
    private boolean welcomed;

    /** An entry of a tree has failed that is to appear at once: {@link #fail} will be told so. */
    private boolean spoilt;

    private @Nullable TransferException fault;

    /** One for entries that are placed one by one. */
    Ledger(AfterDone afterDone) {
        this(afterDone, Placing.ONE_BY_ONE);
    }

    Ledger(AfterDone afterDone, Placing placing) {
        this.afterDone = afterDone;
        this.placing = placing;
        this.inFlight = new InFlight(placing);
    }

    // The feeder.

    /** Takes an entry to offer, and waits until there is room for the next. */
    void found(ToOffer entry) throws InterruptedException {
        // Whoever interrupts the feeder takes what was found from here: it must not get lost before it is.
        lock.lock();
        try {
            found.add(entry);
            changed.signal();
            while (found.size() >= MAX_FOUND) {
                room.await();
            }
        } finally {
            lock.unlock();
        }
    }

    void allFound() {
        update(() -> stage = Stage.SCANNED);
    }

    // The stream.

    /**
     * Waits until the receiver has proved the code.
     *
     * @throws TransferException what {@link #fail} was told
     */
    void awaitProof() throws TransferException, InterruptedException {
        await(() -> proved);
    }

    /**
     * Waits until the receiver has taken up the transfer.
     *
     * @throws TransferException what {@link #fail} was told
     */
    void awaitWelcome() throws TransferException, InterruptedException {
        await(() -> welcomed);
    }

    private void await(BooleanSupplier condition) throws TransferException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                requireGoingOn();
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says what to do next; waits until there is something, but not before what was written has been flushed.
     *
     * @throws TransferException what {@link #fail} was told
     */
    Work next() throws TransferException, InterruptedException {
        lock.lockInterruptibly();
        try {
            Optional<Work> work = poll();
            while (work.isEmpty()) {
                changed.await();
                work = poll();
            }
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #next}, but empty if there is nothing to do now. */
    Optional<Work> poll() throws TransferException {
        lock.lock();
        try {
            if (fault != null) {
                throw fault;
            }
            Optional<Work> work = choose();
            if (work.isEmpty() && !flushed) {
                flushed = true;
                return Optional.of(new Work.Flush());
            }
            flushed = flushed && work.isEmpty();
            return work;
        } finally {
            lock.unlock();
        }
    }

    private Optional<Work> choose() {
        if (spoilt) {
            return Optional.empty();
        }
        paces.ends(FIRST_STREAM, System.nanoTime());
        if (!released.isEmpty()) {
            return Optional.of(new Work.Remove(takeReleased()));
        }
        if (inFlight.storedInMemory() >= MAX_STORED) {
            return Optional.of(new Work.Spill(inFlight.takeStored()));
        }
        if (inFlight.hasLost() && stage.compareTo(Stage.DONE) < 0 && !isOfferedNext) {
            return Optional.of(new Work.Resend(inFlight.takeLost()));
        }
        boolean ready = inFlight.hasReady() || inFlight.hasPart();
        boolean enoughOffers = inFlight.awaitingVerdict() >= ENOUGH_OFFERS && (ready || !credit.isAnswered());
        if (!enoughOffers && mayOffer()) {
            ToOffer next = found.remove();
            isOfferedNext = false;
            if (found.size() <= MAX_FOUND / 2) {
                // Not for each, so that the two don't wake each other for each entry.
                room.signal();
            }
            return Optional.of(inFlight.offer(
                    next.source(), next.attempts(), credit.take(next.source().entry())));
        }
        if (ready) {
            return Optional.of(inFlight.hasReady() ? inFlight.takeReady() : takePart(FIRST_STREAM));
        }
        if (stage == Stage.SCANNED && found.isEmpty() && inFlight.allSettled()) {
            stage = Stage.DONE;
            return Optional.of(new Work.Done(inFlight.offered()));
        }
        return stage == Stage.FINISHED ? Optional.of(new Work.Finish()) : Optional.empty();
    }

    private Work.SendPart takePart(int stream) {
        Work.SendPart next = inFlight.takePart(stream);
        if (next.isWholeChunk()) {
            paces.begins(stream, System.nanoTime());
        }
        return next;
    }

    private boolean mayOffer() {
        return !found.isEmpty()
                && stage.compareTo(Stage.DONE) < 0
                && credit.allows(
                        inFlight.size(),
                        inFlight.offerBytes(),
                        found.element().source().entry());
    }

    private List<SourceEntry> takeReleased() {
        List<SourceEntry> taken = released;
        released = new ArrayList<>();
        return taken;
    }

    /** Throws what {@link #fail} was told, if it was. */
    void requireGoingOn() throws TransferException {
        Optional<TransferException> reason = fault();
        if (reason.isPresent()) {
            throw reason.get();
        }
    }

    /** The stream has sent something of a file, and has more of it. */
    void more(Outgoing file) {
        update(() -> inFlight.more(file));
    }

    // Any stream.

    /** From now on the chunks of files that are accepted may go over any streams; before any is. */
    void spread() {
        update(inFlight::spread);
    }

    /** There is another stream besides the first. */
    void joined(int stream) {
        update(() -> {
            further++;
            credit.spread();
        });
    }

    /** Nothing more comes of a stream, which has perhaps never joined: another one may have its number. */
    void forget(int stream) {
        update(() -> leaving.clear(stream));
    }

    /** There is one less. */
    void left(int stream) {
        update(() -> {
            paces.forget(stream);
            further--;
            if (further == 0) {
                credit.gather();
            }
        });
    }

    /**
     * Says what a further stream is to do next, and waits for something to send at most so long.
     *
     * @param stream 1 to 15
     */
    Errand nextErrand(int stream, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            paces.ends(stream, System.nanoTime());
            while (true) {
                if (fault != null || stage == Stage.FINISHED || leaving.get(stream)) {
                    return new Errand.Leave();
                }
                if (inFlight.hasPart() && paces.helps(stream, inFlight.partsLeft())) {
                    Work.SendPart next = takePart(stream);
                    if (inFlight.hasPart()) {
                        part.signal();
                    }
                    return new Errand.Send(next.file(), next.chunk());
                }
                if (left <= 0) {
                    return new Errand.Pause();
                }
                left = part.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A chunk was sent, with this CRC-32C. */
    void partSent(Outgoing file, long chunk, int crc) {
        update(() -> inFlight.partSent(file, chunk, crc));
    }

    /** A further stream could not read a file; the first one is to tell. */
    void partFailed(Outgoing file, TransferException reason) {
        update(() -> inFlight.partFailed(file, reason));
    }

    /** A further stream, which may still be about to join, is to end when it has sent what it was given. */
    void dismiss(int stream) {
        update(() -> {
            leaving.set(stream);
            part.signalAll();
        });
    }

    /** A further stream broke, and with it perhaps what was sent over it. */
    void streamBroke(int stream, TransferException reason) {
        update(() -> {
            if (inFlight.streamBroke(stream) && stage == Stage.DONE && fault == null) {
                // Nothing can be offered any more, over this connection.
                fault = reason;
                part.signalAll();
            }
        });
    }

    /** The stream is about to send END. */
    void ended(Outgoing file, Whole stated) {
        update(() -> inFlight.ended(file, stated));
    }

    /**
     * The stream is about to send a proof.
     *
     * @return whether it may; if not, the file is advanced again when it may
     */
    boolean mayProve(Outgoing file, long chunk) {
        lock.lock();
        try {
            return inFlight.mayProve(file, chunk);
        } finally {
            lock.unlock();
        }
    }

    /** Whether an entry has STORED or its final answer, so that its source need not stay open. */
    boolean isClosed(Outgoing entry) {
        lock.lock();
        try {
            return entry.phase() == Phase.CLOSED;
        } finally {
            lock.unlock();
        }
    }

    /** The stream gives up an entry, and is to send FAILED if this returns true; if not, it has its final answer already. */
    boolean withdraw(Outgoing entry) {
        lock.lock();
        try {
            return inFlight.withdraw(entry);
        } finally {
            lock.unlock();
        }
    }

    /** An entry that was withdrawn is to be offered under a new number. */
    void offerAgain(SourceEntry source, Attempts attempts) {
        update(() -> {
            found.addFirst(new ToOffer(source, attempts));
            isOfferedNext = true;
        });
    }

    /** Whether each entry that there is has its final answer; the reader and the feeder must have ended. */
    boolean isAllAnswered() {
        lock.lock();
        try {
            return stage != Stage.SCANNING
                    && found.isEmpty()
                    && inFlight.unanswered() == 0
                    && inFlight.tree().agree();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The entries without a final answer, for another session; the reader and the feeder must have ended. Not those that the stream
     * was given as {@link Work.Spill}.
     */
    List<ToOffer> unanswered() {
        lock.lock();
        try {
            return Stream.concat(inFlight.unansweredInMemory().stream(), found.stream())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Those whose sources may be removed and that are in memory; the reader must have ended. */
    List<SourceEntry> releasedInMemory() {
        lock.lock();
        try {
            List<SourceEntry> all = new ArrayList<>(takeReleased());
            all.addAll(inFlight.releasedInMemory());
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** The numbers of those whose sources may be removed and that the stream was given as {@link Work.Spill}. */
    BitSet releasedOnDisk() {
        lock.lock();
        try {
            return inFlight.releasedOnDisk();
        } finally {
            lock.unlock();
        }
    }

    /** What all receipts of a tree say that appears at once; empty if there is none. */
    Optional<TreeReceipts.Result> treeResult() {
        lock.lock();
        try {
            return inFlight.tree().result();
        } finally {
            lock.unlock();
        }
    }

    /** Those that were stored, but for those on disk; the reader must have ended. */
    List<StoredEntry> storedInMemory() {
        lock.lock();
        try {
            return inFlight.stored();
        } finally {
            lock.unlock();
        }
    }

    /** The numbers of those that were stored and are to be offered again if the connection breaks. */
    BitSet storedNumbers() {
        lock.lock();
        try {
            return inFlight.storedNumbers();
        } finally {
            lock.unlock();
        }
    }

    // The reader, and whoever ends the session.

    /** The session is over for this reason; the first one counts. */
    void fail(TransferException reason) {
        update(() -> {
            fault = fault == null ? reason : fault;
            part.signalAll();
        });
    }

    /** What {@link #fail} was told. */
    Optional<TransferException> fault() {
        lock.lock();
        try {
            return Optional.ofNullable(fault);
        } finally {
            lock.unlock();
        }
    }

    /** The receiver has proved the code. */
    void proved() {
        update(() -> proved = true);
    }

    /** Whether it is the receiver's turn: it can be expected to say something, though the stream does nothing. */
    boolean isOwedAnAnswer() {
        lock.lock();
        try {
            return stage == Stage.DONE || inFlight.isOwedAnAnswer();
        } finally {
            lock.unlock();
        }
    }

    /** An entry has a durable receipt, so that its source may be removed. */
    void release(SourceEntry source) {
        update(() -> released.add(source));
    }

    /** One that was stored has a durable receipt, so that its source may be removed. */
    void release(long number) {
        update(() -> inFlight.release(number));
    }

    void welcome(int granted, int grantedBytes) {
        update(() -> {
            welcomed = true;
            credit.grant(granted, grantedBytes);
        });
    }

    void accepted(long number) throws TransferException {
        answer(() -> inFlight.accepted(number));
    }

    void acceptedInOrder(long number) throws TransferException {
        answer(() -> inFlight.acceptedInOrder(number));
    }

    void compare(long number, ChunkSet chunks) throws TransferException {
        answer(() -> inFlight.compare(number, chunks));
    }

    void have(long number) throws TransferException {
        answer(() -> inFlight.have(number));
    }

    /** Returns how many bytes need not be sent because of that. */
    long same(long number, long chunk) throws TransferException {
        lock.lock();
        try {
            credit.answered();
            changed.signal();
            return inFlight.same(number, chunk);
        } finally {
            lock.unlock();
        }
    }

    void send(long number, long chunk) throws TransferException {
        answer(() -> inFlight.send(number, chunk));
    }

    void stored(long number) throws TransferException {
        answer(() -> inFlight.stored(number));
    }

    /** A final answer of success, checked against what was sent. */
    InFlight.Ended receipt(Frame.Receipt receipt) throws TransferException {
        lock.lock();
        try {
            credit.answered();
            changed.signal();
            if (placing == Placing.ALL_AT_ONCE && stage.compareTo(Stage.DONE) < 0) {
                throw EntryAnswers.violation(receipt, "the tree is to appear at once, and is not complete");
            }
            return inFlight.receipt(receipt);
        } finally {
            lock.unlock();
        }
    }

    /** A final answer of failure; if it may have been chance, the entry is offered once more. */
    InFlight.Ended failed(long number, ErrorCode code) throws TransferException {
        lock.lock();
        try {
            credit.answered();
            changed.signal();
            InFlight.Ended ended = inFlight.failed(number);
            if (ended instanceof InFlight.Ended.Known(Outgoing entry) && isWorthAnother(entry, code)) {
                return offerAgain(entry);
            }
            spoilt |= placing == Placing.ALL_AT_ONCE && !(ended instanceof InFlight.Ended.Withdrawn);
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private boolean isWorthAnother(Outgoing entry, ErrorCode code) {
        return code.retryable()
                && !(entry.source() instanceof SourceEntry.StandardInput)
                && entry.attempts().afterFailure().areAllowed()
                && (stage.compareTo(Stage.DONE) < 0 || afterDone == AfterDone.OFFER_AGAIN);
    }

    private InFlight.Ended offerAgain(Outgoing entry) {
        found.addFirst(new ToOffer(entry.source(), entry.attempts().afterFailure()));
        return new InFlight.Ended.Again(entry);
    }

    void finished() throws TransferException {
        answer(() -> {
            if (stage != Stage.DONE || inFlight.unanswered() > 0) {
                throw new TransferException(
                        ErrorCode.PROTOCOL_VIOLATION,
                        "receiver",
                        "FINISHED while %d entries have no final answer".formatted(inFlight.unanswered()));
            }
            if (!inFlight.tree().agree()) {
                throw new TransferException(
                        ErrorCode.CORRUPT_FILE, "receiver", "what its receipts say is not what was sent");
            }
            stage = Stage.FINISHED;
            part.signalAll();
        });
    }

    private interface Answer {
        void apply() throws TransferException;
    }

    private void answer(Answer answer) throws TransferException {
        lock.lock();
        try {
            answer.apply();
            credit.answered();
            changed.signal();
            if (further > 0 && inFlight.hasPart()) {
                // All: some may leave it to the others.
                part.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void update(Runnable step) {
        lock.lock();
        try {
            step.run();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
