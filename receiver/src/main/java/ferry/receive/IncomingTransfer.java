package ferry.receive;

import ferry.entry.Chunks;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.TransferReport;
import ferry.net.BufferPool;
import ferry.receive.Flights.Flight;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.Reason;
import ferry.wire.Side;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver makes of the frames of one transfer: the states of docs/PROTOCOL.md, section 6, from WELCOME on.
 *
 * <p>{@link #handle} and {@link #end} belong to the thread that reads the stream. What the frames ask for is done on the disk
 * pool; the answers go through the outbox, so that reading waits for the disk at most and never for the sender.
 */
final class IncomingTransfer {
    /** Where the transfer stands. */
    private enum State {
        /** Offers and content arrive. Then SETTLING, on DONE. */
        RECEIVING,
        /** No more offers; content still arrives. FINISHED is sent when all entries have their final answers. */
        SETTLING
    }

    /** What is to be done in the order of the offers. */
    private sealed interface Ordered {
        record Deferral(long number, Entry entry, Flight flight) implements Ordered {}

        record Begin(IncomingFile file) implements Ordered {}

        /** One that has arrived whole. */
        record Whole(IncomingFile file) implements Ordered {}
    }

    private final Inbox inbox;
    private final DiskPool disk;
    private final Outbox outbox;
    private final TransferReport report;
    private final Intake intake;
    private final Liveliness liveliness;
    private final Executor steps;
    private final Runnable onStop;
    private final int mostOpen;
    private final EntryBudget.Account memory;
    private final Flights flights;
    private final Proofs proofs = new Proofs();
    private final OpenEntries open = new OpenEntries();
    private final TransferAnswers answers;

    /**
     * Lists directories and links in the order of their offers, since they are settled in the reverse of it, and begins a file
     * when the directories before it exist.
     */
    private final Mailbox<Ordered> ordered;

    /** How many of these are not done: with none, a file may begin at once. Only the reader adds to it. */
    private final AtomicInteger orderedAhead = new AtomicInteger();

    private State state = State.RECEIVING;

    /** The content of the first stream. */
    private final StreamContent content;

    /** Written by the thread of the first stream alone. */
    private volatile long nextEntry;

    /** The file that was offered last, if it is small and its content may follow. */
    private @Nullable HeldFile held;

    /** The file that the sender is about to offer again. */
    private @Nullable IncomingFile superseded;

    private final Course course = new Course();
    private volatile boolean finished;

    /** @param onStop is run when the transfer is stopped from this side, by whoever stops it */
    IncomingTransfer(
            Inbox inbox,
            DiskPool disk,
            Outbox outbox,
            TransferReport report,
            Intake intake,
            Liveliness liveliness,
            Runnable onStop) {
        this.inbox = inbox;
        this.disk = disk;
        this.outbox = outbox;
        this.report = report;
        this.intake = intake;
        this.liveliness = liveliness;
        this.steps = liveliness.watching(disk);
        this.onStop = onStop;
        this.memory = disk.entries().open(this::evicted);
        this.flights = new Flights(memory.credit(), ReceiveSession.CREDIT_BYTES, memory);
        // Room beyond the credit for what the sender has ended and the disk, or the way out, has not let go of yet.
        this.mostOpen = 2 * memory.credit();
        this.answers = new TransferAnswers(outbox, open, report, steps, inbox, course, this::stop);
        this.ordered = Mailbox.open(steps, this::perform);
        this.content = new StreamContent(open, () -> nextEntry, memory, intake, IncomingFile::mayHaveData);
    }

    /** What takes the content of a further stream, on whose thread it is used; any thread. */
    StreamContent contentOfFurtherStream(BufferPool buffers) {
        Intake own = intake.ofFurtherStream(new Window(buffers));
        return new StreamContent(open, () -> nextEntry, memory, own, IncomingFile::mayHaveDataOfAnyStream);
    }

    /** From now on content may come over several streams, so that END may overtake it; any thread. */
    void hasFurtherStreams() {
        answers.hasFurtherStreams();
    }

    /** How many entries the sender may have in flight. */
    int credit() {
        return memory.credit();
    }

    /** Whether FINISHED is on its way: from here on the sender may go. */
    boolean isFinished() {
        return finished;
    }

    /** What the transfer waited for. */
    Bottleneck limitedBy() {
        return intake.limitedBy();
    }

    /** Ends the transfer for this reason, which the reader finds before the next frame; any thread. */
    void stop(TransferException reason) {
        if (course.stop(reason)) {
            abort(reason);
        } else if (course.isDecided()) {
            // Whatever comes of it, it is not we who break it off; the sender has only to go.
            onStop.run();
        }
    }

    private void abort(TransferException reason) {
        outbox.abort(Reason.of(reason));
        // Its reader may be waiting there.
        memory.close();
        onStop.run();
    }

    /** Makes room for other transfers, at once and not only when the reader has found out. */
    private void evicted(TransferException reason) {
        stop(reason);
        open.files().forEach(IncomingFile::dropped);
    }

    /** Why the transfer was stopped from this side, if it was. */
    Optional<TransferException> fault() {
        return course.fault();
    }

    /** Takes one frame, and the body that follows it. */
    void handle(Frame frame, FrameReader body) throws IOException, TransferException, InterruptedException {
        course.requireGoingOn();
        if (!(frame instanceof Frame.Data || frame instanceof Frame.KeepAlive)) {
            liveliness.heard();
        }
        if (held != null && !held.isContinuedBy(frame)) {
            beginHeld();
        }
        switch (frame) {
            case Frame.Offer offer -> offer(offer);
            case Frame.Data data -> content.take(data, body);
            case Frame.Proof proof -> proof(proof);
            case Frame.End end -> end(end);
            case Frame.Failed failed -> failed(failed);
            case Frame.Done done -> done(done);
            case Frame.Abort(Reason reason) -> throw aborted(reason);
            case Frame.KeepAlive() -> {}
            case Frame.Hello _, Frame.Join _, Frame.JoinProof _, Frame.CodeProof _ ->
                throw StreamContent.violation(frame, "a transfer is under way");
            case Frame.Welcome _,
                    Frame.Challenge _,
                    Frame.Joined _,
                    Frame.Verdict _,
                    Frame.Same _,
                    Frame.Send _,
                    Frame.Stored _,
                    Frame.Receipt _,
                    Frame.Finished _ -> throw StreamContent.violation(frame, "only a receiver sends it");
        }
    }

    /**
     * Drops what is open, waits for the disk to let go of it, and removes what is left in staging. What waited for the end of
     * the other entries is not settled any more. The last call.
     */
    void end() {
        // First of all, since the last file that is dropped would else be the sign to settle.
        open.forgetAction();
        beginHeld();
        open.files().forEach(IncomingFile::dropped);
        open.awaitNone();
        memory.close();
        try {
            disk.call(Executors.callable(inbox::close));
        } catch (TransferException e) {
            // The receiver is about to end, and removes all that it has staged.
        }
    }

    /** Nothing more is here to be read, and so the sender may be waiting for a verdict. */
    void awaitingInput() {
        if (held != null && !held.isFull()) {
            beginHeld();
        }
    }

    private void beginHeld() {
        if (held != null) {
            inOrder(new Ordered.Begin(held.file()));
            held = null;
        }
    }

    private void inOrder(Ordered next) {
        orderedAhead.incrementAndGet();
        ordered.post(next);
    }

    private void offer(Frame.Offer offer) throws TransferException, InterruptedException {
        if (state != State.RECEIVING) {
            throw StreamContent.violation(offer, "it follows DONE");
        }
        if (offer.entry() != nextEntry) {
            throw StreamContent.violation(offer, "the next entry is number " + nextEntry);
        }
        nextEntry = offer.entry() + 1;
        open.awaitFewerThan(mostOpen);
        Flight flight = flights.takeOff(offer.frameBytes());
        Entry entry;
        try {
            entry = offer.toEntry();
        } catch (TransferException e) {
            answers.refusedName(offer, flight, e);
            return;
        }
        report.progress().found(entry);
        switch (entry) {
            case Entry.File file -> offer(offer.entry(), file, flight);
            case Entry.Directory _, Entry.Link _ -> {
                open.open();
                inOrder(new Ordered.Deferral(offer.entry(), entry, flight));
            }
        }
    }

    private void offer(long number, Entry.File entry, Flight flight) {
        IncomingFile file = new IncomingFile(number, entry, flight, proofs.share(), steps, answers);
        open.open(file);
        content.expect(file);
        IncomingFile before = superseded;
        superseded = null;
        if (before != null && before.entry().path().equals(entry.path())) {
            before.afterwards(() -> inOrder(new Ordered.Begin(file)));
        } else if (HeldFile.suits(file)) {
            held = HeldFile.of(file);
        } else {
            inOrder(new Ordered.Begin(file));
        }
    }

    private void perform(Ordered next) {
        try {
            switch (next) {
                case Ordered.Deferral deferral -> defer(deferral);
                case Ordered.Begin(IncomingFile file) -> file.begin(inbox);
                case Ordered.Whole(IncomingFile file) -> answers.whole().add(file);
            }
        } finally {
            orderedAhead.decrementAndGet();
        }
    }

    private void defer(Ordered.Deferral deferral) {
        try {
            switch (deferral.entry()) {
                case Entry.Directory directory -> inbox.defer(deferral.number(), directory);
                case Entry.Link link -> inbox.defer(deferral.number(), link);
                case Entry.File file -> throw new IllegalStateException("a file is not deferred: " + file.path());
            }
            answers.stored(deferral.number(), deferral.flight());
        } catch (TransferException e) {
            answers.refused(deferral.number(), deferral.entry(), deferral.flight(), e);
        } catch (Throwable e) { // Whatever it is, it costs this entry alone, and the next one is looked at.
            answers.refused(deferral.number(), deferral.entry(), deferral.flight(), internal(e));
        } finally {
            open.close();
        }
    }

    private void proof(Frame.Proof proof) throws TransferException {
        Optional<IncomingFile> found = content.find(proof, proof.entry());
        if (found.isPresent()) {
            IncomingFile file = found.get();
            long size = file.entry().size().orElse(0);
            if (proof.chunk() >= Chunks.count(size) || proof.length() != Chunks.length(proof.chunk(), size)) {
                throw StreamContent.violation(proof, "its file of %d bytes has no such chunk".formatted(size));
            }
            file.proved(proof.chunk(), proof.digest());
        }
    }

    private void end(Frame.End end) throws TransferException {
        Optional<IncomingFile> found = content.find(end, end.entry());
        if (found.isPresent()) {
            if (!found.get().mayHaveData()) {
                throw StreamContent.violation(end, "its entry has no verdict yet");
            }
            if (found.get().hasEnd()) {
                throw StreamContent.violation(end, "it was sent before");
            }
            found.get().ended(new IncomingFile.Whole(end.size(), end.crc()));
            if (held != null) {
                held = null;
                arrivedWhole(found.get());
            }
        }
    }

    private void arrivedWhole(IncomingFile file) {
        if (orderedAhead.get() == 0) {
            answers.whole().add(file);
        } else {
            inOrder(new Ordered.Whole(file));
        }
    }

    private void failed(Frame.Failed failed) throws TransferException {
        Optional<IncomingFile> found = content.find(failed, failed.entry());
        if (found.isPresent()) {
            found.get().withdrawn(failed.reason());
            superseded = failed.reason().code() == ErrorCode.SUPERSEDED ? found.get() : null;
        } else {
            inbox.withdrawn(failed.entry());
        }
    }

    private void done(Frame.Done done) throws TransferException {
        if (state != State.RECEIVING) {
            throw StreamContent.violation(done, "it was sent before");
        }
        if (done.entries() != nextEntry) {
            throw StreamContent.violation(done, "%d entries were offered".formatted(nextEntry));
        }
        state = State.SETTLING;
        report.progress().allFound();
        // On a thread of its own, since it waits for the sender to take the answers, which no disk thread must do.
        open.whenNone(() -> {
            liveliness.begin();
            disk.executeApart("settle", this::settle);
        });
    }

    private void settle() {
        try {
            inbox.settle(answers);
            course.decide();
            finished = true;
            outbox.add(answers.finished(intake.bytes()));
        } catch (TransferException e) {
            fail(e);
        } catch (Throwable e) { // Whatever it is, the sender waits for an answer.
            fail(internal(e));
        } finally {
            liveliness.end();
            open.close();
        }
    }

    private void fail(TransferException reason) {
        if (course.fail(reason)) {
            abort(reason);
        }
    }

    /** A sender may end all for a failure of ours, as that of one entry of a tree that is to appear at once. */
    private TransferException aborted(Reason reason) {
        ErrorCode code = answers.hasSaid(reason.code()) ? reason.code() : reason.codeFrom(Side.SENDER);
        return new TransferException(code, "sender", reason.text().isEmpty() ? code.meaning() : reason.text());
    }

    private static TransferException internal(Throwable bug) {
        return new TransferException(ErrorCode.INTERNAL, "receiver", bug.toString(), bug);
    }
}
