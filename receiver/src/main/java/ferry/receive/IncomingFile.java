package ferry.receive;

import ferry.entry.ChunkDigest;
import ferry.entry.Chunks;
import ferry.entry.Coverage;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.receive.Flights.Flight;
import ferry.receive.Proofs.Share;
import ferry.wire.Limits;
import ferry.wire.Reason;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One file of a transfer on its way in, from its OFFER to its final answer (docs/PROTOCOL.md, sections 5.5 to 5.8).
 *
 * <p>The stream's reader posts what arrives; the steps run in that order, one at a time, on the disk pool. All fields that
 * are neither final nor volatile belong to those steps.
 */
final class IncomingFile {
    private enum State {
        /** Not judged yet. Then OPEN or CLOSED. */
        OFFERED,
        /** Its content, or proofs of it, are on their way. Then CLOSED. */
        OPEN,
        /** It has its final answer, or needs none; what still arrives is discarded. */
        CLOSED
    }

    /** What the sender states of the whole file in END. */
    record Whole(long size, int crc) {
        /** For an entry without content. */
        static final Whole NONE = new Whole(0, 0);
    }

    private static final long NONE = -1;

    private final long number;
    private final Entry.File entry;
    private final Flight flight;
    private final Share proofs;
    private final FileAnswers answers;
    private final Mailbox<FileStep> mailbox;

    private State state = State.OFFERED;
    private final Coverage coverage;
    private Consumer<Receipts.Placed> onPlaced;
    private @Nullable StagedFile staged;
    private @Nullable Comparison comparison;
    private @Nullable Whole whole;

    /** Written before {@link #judged}, and so to be read after it by anybody. */
    private boolean inOrder;

    private long nextInOrder;
    private boolean copying;
    private long lastProved = NONE;
    private long askedAgain = NONE;

    private volatile boolean judged;
    private volatile boolean endArrived;

    /** Nobody waits for what is still to be done. */
    private volatile boolean dropped;

    /** Belongs to the stream's reader. */
    private boolean withdrawn;

    IncomingFile(long number, Entry.File entry, Flight flight, Share proofs, Executor disk, FileAnswers answers) {
        this.number = number;
        this.entry = entry;
        this.flight = flight;
        this.proofs = proofs;
        this.answers = answers;
        this.onPlaced = answers::placed;
        this.coverage = entry.size().isPresent() ? Coverage.ofSize(entry.size().getAsLong()) : Coverage.ofUnknownSize();
        this.mailbox = Mailbox.held(disk, this::perform);
    }

    long number() {
        return number;
    }

    Entry.File entry() {
        return entry;
    }

    /** Whether END is here, so that no verdict is of use any more. */
    boolean hasEnd() {
        return endArrived;
    }

    /** Whether the protocol lets data come now: after the verdict, or with the offer of a small file. */
    boolean mayHaveData() {
        OptionalLong size = entry.size();
        return judged || size.orElse(Long.MAX_VALUE) <= Limits.MAX_EAGER_FILE;
    }

    /** Whether its data may come over any stream: it has its verdict, and that does not ask for data in order. */
    boolean mayHaveDataOfAnyStream() {
        return judged && !inOrder;
    }

    Flight flight() {
        return flight;
    }

    /** Its proofs that have no answer yet. */
    Share proofs() {
        return proofs;
    }

    /** Begins the steps, once the directories that were offered before the file exist. Any thread. */
    void begin(Inbox inbox) {
        mailbox.begin(new FileStep.Offered(inbox));
    }

    /**
     * Takes all steps here and now, of a file that has arrived whole. For a disk thread, in place of {@link #begin}.
     *
     * @param listener is told when the file is placed, and sees to its receipt
     */
    void performAll(Inbox inbox, Consumer<Receipts.Placed> listener) {
        onPlaced = listener;
        mailbox.runAll(new FileStep.Offered(inbox));
    }

    // Called by the stream's reader, perhaps before the steps have begun.

    /** Takes over the piece and gives it back when it is written, which may be at once and by the caller. */
    void arrived(Piece piece, DiskShortcut shortcut) {
        // A pipe may take for ever; and after END the last piece is followed by syncs.
        boolean isQuick = judged && !inOrder && !endArrived;
        if (!isQuick || !shortcut.tryRun(() -> mailbox.runOrPost(piece))) {
            mailbox.post(piece);
        }
    }

    void proved(long chunk, ChunkDigest digest) throws TransferException {
        proofs.arrived();
        mailbox.post(new FileStep.Proved(chunk, digest));
    }

    void ended(Whole stated) {
        endArrived = true;
        mailbox.post(new FileStep.Ended(stated));
    }

    /** The sender has ended the entry, and may use its credit from now on; what it says later does not count. */
    void withdrawn(Reason reason) {
        flight.land();
        proofs.end();
        if (!withdrawn) {
            withdrawn = true;
            mailbox.post(new FileStep.Withdrawn(reason));
        }
    }

    /** What is to follow the steps so far: the same file, offered again, wants what this one has kept. */
    void afterwards(Runnable next) {
        mailbox.post(new FileStep.Afterwards(next));
    }

    /** The session is over. */
    void dropped() {
        dropped = true;
        mailbox.post(new FileStep.Dropped());
    }

    // The steps, on the disk pool.

    private void perform(FileStep step) {
        try {
            if (step instanceof FileStep.Afterwards(Runnable next)) {
                next.run();
            } else if (state != State.CLOSED && (!dropped || isOfUseAfterTheEnd(step))) {
                performOpen(step);
            } else if (step instanceof FileStep.Withdrawn) {
                answers.withdrawnLate(this);
            }
        } catch (TransferException e) {
            close(Rest.after(e.code()));
            answers.failed(this, e);
        } catch (Throwable e) { // Whatever it is, it costs this file alone, and the next step runs.
            close(Rest.REMOVED);
            answers.failed(this, new TransferException(ErrorCode.INTERNAL, name(), e.toString(), e));
        } finally {
            if (step instanceof Piece piece) {
                piece.release();
            }
        }
    }

    /** Content that has arrived is written even then: it may make a chunk whole, which need not be sent again. */
    private boolean isOfUseAfterTheEnd(FileStep step) {
        return step instanceof FileStep.Dropped || (step instanceof Piece && state == State.OPEN);
    }

    private void performOpen(FileStep step) throws TransferException {
        switch (step) {
            case FileStep.Offered(Inbox inbox) -> judge(inbox);
            case Piece piece -> write(piece);
            case FileStep.Proved(long chunk, ChunkDigest digest) -> compare(chunk, digest);
            case FileStep.CopyNext() -> copyNext(Objects.requireNonNull(comparison));
            case FileStep.Ended(Whole stated) -> end(stated);
            case FileStep.Withdrawn(Reason reason) -> {
                close(Rest.after(reason));
                answers.withdrawn(this, reason);
            }
            case FileStep.Afterwards _ -> {}
            case FileStep.Dropped() -> {
                close(Rest.KEPT);
                answers.dropped(this);
            }
        }
    }

    private void judge(Inbox inbox) {
        try {
            Admission admission = inbox.admit(entry);
            staged = admission.staged();
            state = State.OPEN;
            switch (admission) {
                case Admission.Accept _ -> {}
                case Admission.AcceptInOrder _ -> inOrder = true;
                case Admission.Compare compare ->
                    comparison = new Comparison(compare, entry.size().orElseThrow(), coverage);
            }
            judged = true;
            answers.accepted(this, admission);
        } catch (TransferException e) {
            close(Rest.REMOVED);
            answers.refused(this, e);
        }
    }

    private void write(Piece piece) throws TransferException {
        if (inOrder && piece.offset() != nextInOrder) {
            violated("DATA at %d, expected %d: it was to come in order".formatted(piece.offset(), nextInOrder));
            return;
        }
        int length = piece.buffer().remaining();
        nextInOrder = piece.offset() + length;
        // First of all: what it writes over must not be taken for what is there.
        if (!mayWrite(piece.offset(), length, piece.stream())) {
            return;
        }
        staged().write(piece.buffer(), piece.offset());
        Piece.FrameEnd frame = piece.end();
        if (frame.length() > 0) {
            cover(frame);
        }
    }

    private boolean mayWrite(long offset, int length, Object stream) {
        try {
            coverage.writes(offset, length, stream);
            return true;
        } catch (TransferException e) {
            violated(e);
            return false;
        }
    }

    private void cover(Piece.FrameEnd frame) throws TransferException {
        try {
            coverage.add(frame.offset(), frame.length(), frame.crc());
        } catch (TransferException e) {
            violated(e);
            return;
        }
        if (frame.offset() + frame.length() == entry.size().orElse(0)
                || (frame.offset() + frame.length()) % Chunks.SIZE == 0) {
            staged().wrote(Chunks.of(frame.offset()));
        }
        if (whole != null && !dropped) {
            proceed(whole);
        }
    }

    private void compare(long chunk, ChunkDigest digest) throws TransferException {
        if (comparison == null || whole != null || !comparison.isAsked(chunk)) {
            violated("PROOF where none was asked for");
            return;
        }
        if (chunk <= lastProved) {
            violated("PROOF of chunk %d after that of %d".formatted(chunk, lastProved));
            return;
        }
        lastProved = chunk;
        if (comparison.isSame(chunk, digest)) {
            answers.same(this, chunk);
            if (comparison.isFull()) {
                copyNext(comparison);
            }
        } else {
            answers.send(this, chunk);
        }
    }

    private void end(Whole stated) throws TransferException {
        long expected = entry.size().orElse(stated.size());
        if (whole != null || stated.size() != expected) {
            violated("END of %d bytes, expected one END of %d".formatted(stated.size(), expected));
            return;
        }
        whole = stated;
        if (comparison == null || !comparison.allSame()) {
            proceed(stated);
            return;
        }
        checkCrc(comparison.crc(), stated);
        var placement = comparison.same();
        if (placement.isPresent()) {
            close(Rest.REMOVED);
            onPlaced.accept(new Receipts.Placed(this, placement.get(), stated));
        } else {
            proceed(stated);
        }
    }

    /** After END: copies what is the same, a chunk at a time, and completes the file once nothing is missing. */
    private void proceed(Whole stated) throws TransferException {
        if (copying || (askedAgain != NONE && !coverage.contains(askedAgain))) {
            return;
        }
        if (comparison != null && comparison.hasToCopy()) {
            copying = true;
            mailbox.post(new FileStep.CopyNext());
        } else if (coverage.isWhole(stated.size())) {
            complete(stated);
        } else if (comparison == null && !answers.mayEndOvertakeData()) {
            throw new TransferException(
                    ErrorCode.CORRUPT_FILE,
                    name(),
                    "END came after %d of %d bytes".formatted(coverage.bytes(), stated.size()));
        }
    }

    private void copyNext(Comparison compared) throws TransferException {
        copying = false;
        OptionalLong changed = compared.copyNext();
        if (changed.isPresent()) {
            askedAgain = changed.getAsLong();
            answers.sendAgain(this, askedAgain);
        }
        if (whole != null) {
            proceed(whole);
        }
    }

    private void complete(Whole stated) throws TransferException {
        checkCrc(coverage.crc(stated.size()), stated);
        Placement placement = staged().complete(stated.size(), stated.crc());
        close(Rest.REMOVED);
        onPlaced.accept(new Receipts.Placed(this, placement, stated));
    }

    private void checkCrc(int crc, Whole stated) throws TransferException {
        if (crc != stated.crc()) {
            throw new TransferException(
                    ErrorCode.CORRUPT_FILE,
                    name(),
                    "the CRC-32C of what arrived is %08x, expected %08x".formatted(crc, stated.crc()));
        }
    }

    private void violated(String what) {
        violated(new TransferException(ErrorCode.PROTOCOL_VIOLATION, "sender", "entry %d: %s".formatted(number, what)));
    }

    private void violated(TransferException violation) {
        close(Rest.KEPT);
        answers.violated(this, violation);
    }

    private void close(Rest rest) {
        state = State.CLOSED;
        proofs.end();
        if (staged != null) {
            switch (rest) {
                case REMOVED -> staged.abandon();
                case KEPT -> staged.keep();
            }
        }
    }

    private StagedFile staged() {
        return Objects.requireNonNull(staged, "not judged yet");
    }

    private String name() {
        return entry.path().toString();
    }
}
