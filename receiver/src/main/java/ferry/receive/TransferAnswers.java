package ferry.receive;

import ferry.entry.Chunks;
import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.FileContent;
import ferry.event.TransferReport;
import ferry.event.Verification;
import ferry.receive.Flights.Flight;
import ferry.wire.Frame;
import ferry.wire.Reason;
import ferry.wire.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Turns what becomes of a transfer's entries into answers for the sender and into the report. Called by disk-pool threads and
 * by the thread that settles; nothing here waits but {@link #settled} and {@link #failed(long, Entry, TransferException)}.
 *
 * <p>A sender may withdraw a file, and offer others, before it reads what it was answered. So every answer to a file counts
 * as open until it is taken to be written.
 */
final class TransferAnswers implements FileAnswers, Receipts.Listener, SettleListener {
    /** Hears of a sender that broke the protocol. */
    interface ViolationListener {
        void violated(TransferException violation);
    }

    private final Outbox outbox;
    private final OpenEntries open;
    private final TransferReport report;
    private final Inbox inbox;
    private final Receipts receipts;
    private final WholeFiles whole;
    private final Course course;
    private final ViolationListener violations;
    private final AtomicLong sentReceipts = new AtomicLong();
    private final AtomicLong sentFailures = new AtomicLong();
    private final Set<ErrorCode> sentCodes = ConcurrentHashMap.newKeySet();
    private volatile boolean hasFurtherStreams;

    TransferAnswers(
            Outbox outbox,
            OpenEntries open,
            TransferReport report,
            Executor disk,
            Inbox inbox,
            Course course,
            ViolationListener violations) {
        this.outbox = outbox;
        this.open = open;
        this.report = report;
        this.inbox = inbox;
        this.receipts = new Receipts(disk, inbox, this);
        this.whole = new WholeFiles(disk, inbox, receipts, this::placed);
        this.course = course;
        this.violations = violations;
    }

    /** Small files that have arrived whole. */
    WholeFiles whole() {
        return whole;
    }

    /** Whether an entry was answered with this failure. */
    boolean hasSaid(ErrorCode code) {
        return sentCodes.contains(code);
    }

    private void countFailure(ErrorCode code) {
        sentFailures.incrementAndGet();
        sentCodes.add(code);
    }

    /** What FINISHED says of this connection. */
    Frame.Finished finished(long bytes) {
        return new Frame.Finished(sentReceipts.get(), sentFailures.get(), bytes);
    }

    /** From now on content may come over several streams. */
    void hasFurtherStreams() {
        hasFurtherStreams = true;
    }

    @Override
    public boolean mayEndOvertakeData() {
        return hasFurtherStreams;
    }

    @Override
    public void accepted(IncomingFile file, Admission admission) {
        long number = file.number();
        switch (admission) {
            case Admission.Accept _ -> {
                if (!file.hasEnd()) {
                    add(new Frame.Accept(number), () -> {});
                }
            }
            case Admission.AcceptInOrder _ -> add(new Frame.AcceptInOrder(number), () -> {});
            case Admission.Compare compare -> add(new Frame.Compare(number, compare.chunks()), () -> {});
        }
    }

    @Override
    public void same(IncomingFile file, long chunk) {
        report.progress().spared(Chunks.length(chunk, file.entry().size().orElseThrow()));
        add(new Frame.Same(file.number(), chunk), file.proofs()::answered);
    }

    @Override
    public void send(IncomingFile file, long chunk) {
        add(new Frame.Send(file.number(), chunk), file.proofs()::answered);
    }

    @Override
    public void sendAgain(IncomingFile file, long chunk) {
        add(new Frame.Send(file.number(), chunk), () -> {});
    }

    @Override
    public void refused(IncomingFile file, TransferException reason) {
        refused(file.number(), file.entry(), file.flight(), reason);
        open.close(file);
    }

    /** An entry that is not wanted. */
    void refused(long number, Entry entry, Flight flight, TransferException reason) {
        inbox.lacks(entry.path().toString(), reason.why());
        countFailure(reason.code());
        report.failed(entry, reason.code(), reason.why());
        add(new Frame.Refuse(number, Reason.of(reason)), flight::end);
    }

    /** An offer whose path or target breaks the rules, so that it names no entry. */
    void refusedName(Frame.Offer offer, Flight flight, TransferException reason) {
        inbox.lacks(offer.path(), reason.why());
        countFailure(reason.code());
        report.failedBeforeOffer(offer.path(), reason.code(), reason.why());
        outbox.add(new Frame.Refuse(offer.entry(), Reason.of(reason)), flight::end);
    }

    @Override
    public void placed(Receipts.Placed placed) {
        placed(placed, receipts::add);
    }

    /** @param receipts takes it, if a receipt is due once the directory is synced */
    private void placed(Receipts.Placed placed, Consumer<Receipts.Placed> receipts) {
        IncomingFile file = placed.file();
        try {
            if (inbox.defer(file.number(), file.entry(), placed.placement(), placed.whole())) {
                add(new Frame.Stored(file.number()), file.flight()::end);
                open.close(file);
            } else {
                receipts.accept(placed);
            }
        } catch (TransferException e) {
            failed(file, e);
        }
    }

    @Override
    public void durable(List<Receipts.Placed> placed) {
        List<Outbox.Answer> receipts = new ArrayList<>(placed.size());
        placed.forEach(one -> receipts.add(receipt(one)));
        outbox.addAll(receipts);
        placed.forEach(one -> open.close(one.file()));
    }

    private Outbox.Answer receipt(Receipts.Placed placed) {
        IncomingFile file = placed.file();
        IncomingFile.Whole whole = placed.whole();
        sentReceipts.incrementAndGet();
        Placement placement = placed.placement();
        report(file.entry(), placement, whole);
        return answer(receipt(file.number(), file.entry(), placement, whole), file.flight()::end);
    }

    @Override
    public void failed(Receipts.Placed placed, TransferException reason) {
        failed(placed.file(), reason);
    }

    @Override
    public void failed(IncomingFile file, TransferException reason) {
        inbox.lacks(file.entry().path().toString(), reason.why());
        countFailure(reason.code());
        report.failed(file.entry(), reason.code(), reason.why());
        add(new Frame.Failed(file.number(), Reason.of(reason)), file.flight()::end);
        open.close(file);
    }

    @Override
    public void violated(IncomingFile file, TransferException violation) {
        violations.violated(violation);
        close(file);
    }

    @Override
    public void withdrawn(IncomingFile file, Reason reason) {
        inbox.lacks(file.entry().path().toString(), reason.text());
        report.withdrawn(file.entry(), reason.codeFrom(Side.SENDER), reason.text());
        close(file);
    }

    @Override
    public void withdrawnLate(IncomingFile file) {
        inbox.withdrawn(file.number());
    }

    @Override
    public void dropped(IncomingFile file) {
        close(file);
    }

    /** Ends a file that gets no answer. */
    private void close(IncomingFile file) {
        file.flight().end();
        open.close(file);
    }

    /** A directory or link is listed; its final answer comes from {@link #settled}. */
    void stored(long number, Flight flight) {
        outbox.add(new Frame.Stored(number), flight::end);
    }

    @Override
    public void requireGoingOn() throws TransferException {
        course.decide();
    }

    @Override
    public void settled(long number, Entry entry, Placement placement) {
        sentReceipts.incrementAndGet();
        report.completed(entry.kind(), entry.path(), placement.path(), placement.outcome(), placement.durability());
        outbox.addPaced(receipt(number, entry, placement, IncomingFile.Whole.NONE));
    }

    @Override
    public void settled(long number, Entry.File file, Placement placement, IncomingFile.Whole whole) {
        sentReceipts.incrementAndGet();
        report(file, placement, whole);
        outbox.addPaced(receipt(number, file, placement, whole));
    }

    private void report(Entry.File file, Placement placement, IncomingFile.Whole whole) {
        report.completed(
                file,
                placement.path(),
                FileContent.of(whole.size(), whole.crc()).with(placement.sha256()),
                placement.outcome(),
                placement.durability(),
                Verification.VERIFIED);
    }

    @Override
    public void failed(long number, Entry entry, TransferException reason) {
        countFailure(reason.code());
        report.failed(entry, reason.code(), reason.why());
        outbox.addPaced(new Frame.Failed(number, Reason.of(reason)));
    }

    private void add(Frame frame, Runnable taken) {
        outbox.addAll(List.of(answer(frame, taken)));
    }

    private Outbox.Answer answer(Frame frame, Runnable taken) {
        open.open();
        return new Outbox.Answer(frame, () -> {
            taken.run();
            open.close();
        });
    }

    private static Frame.Receipt receipt(long number, Entry entry, Placement placement, IncomingFile.Whole whole) {
        return new Frame.Receipt(
                number,
                entry.kind(),
                placement.outcome(),
                placement.durability(),
                whole.size(),
                whole.crc(),
                // On standard output it has no name any more.
                placement.durability() == Durability.STREAMED
                        ? ""
                        : placement.path().toString());
    }
}
