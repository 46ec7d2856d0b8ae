package ferry.send;

import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.Placing;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.FileContent;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.event.TransferReport;
import ferry.event.Verification;
import ferry.wire.Frame;
import ferry.wire.Reason;
import ferry.wire.Side;

/** Tells the {@link Ledger} what the receiver says of single entries, and the report what became of them. For the reader's thread. */
final class EntryAnswers {
    private final Ledger ledger;
    private final TransferReport report;
    private final TransferListener listener;
    private final SourceFate fate;
    private final Placing placing;

    /** Receipts that promise less than durable. */
    private long notDurable;

    /** @param listener for what is no answer yet */
    EntryAnswers(Ledger ledger, TransferReport report, TransferListener listener, SourceFate fate, Placing placing) {
        this.fate = fate;
        this.placing = placing;
        this.ledger = ledger;
        this.report = report;
        this.listener = listener;
    }

    void verdict(Frame.Verdict verdict) throws TransferException {
        switch (verdict) {
            case Frame.Accept(long entry) -> ledger.accepted(entry);
            case Frame.AcceptInOrder(long entry) -> ledger.acceptedInOrder(entry);
            case Frame.Compare compare -> ledger.compare(compare.entry(), compare.chunks());
            case Frame.Have(long entry) -> ledger.have(entry);
            case Frame.Refuse(long entry, Reason reason) -> failed(entry, reason);
        }
    }

    /** The receiver has a chunk, so that it need not be sent. */
    void same(long entry, long chunk) throws TransferException {
        report.progress().spared(ledger.same(entry, chunk));
    }

    /** A final answer of success; the ledger holds it against what was sent. */
    void receipt(Frame.Receipt receipt) throws TransferException {
        switch (ledger.receipt(receipt)) {
            case InFlight.Ended.Known(Outgoing known) -> {
                completed(known, receipt);
                if (isRelease(receipt)) {
                    ledger.release(known.source());
                }
            }
            case InFlight.Ended.Stored() -> {
                RelativePath placed = placed(receipt);
                report.completed(receipt.kind(), placed, placed, receipt.outcome(), receipt.durability());
                if (isRelease(receipt)) {
                    ledger.release(receipt.entry());
                }
            }
            case InFlight.Ended.Withdrawn(), InFlight.Ended.OfTree(), InFlight.Ended.Again(Outgoing _) -> {}
        }
    }

    /** Whether the source may be removed: after it was told that it is there, and only if a crash of the receiver cannot take it. */
    private boolean isRelease(Frame.Receipt receipt) {
        if (fate == SourceFate.KEEP) {
            return false;
        }
        if (receipt.durability() == Durability.DURABLE) {
            return true;
        }
        notDurable++;
        return false;
    }

    /** How many sources were not released for that; to be asked once the reader has ended. */
    long notDurable() {
        return notDurable;
    }

    private void completed(Outgoing known, Frame.Receipt receipt) throws TransferException {
        Entry entry = known.entry();
        RelativePath placed = isUnderItsName(receipt, entry) ? entry.path() : placed(receipt);
        if (entry instanceof Entry.File file) {
            report.completed(
                    file,
                    placed,
                    FileContent.of(receipt.size(), receipt.crc())
                            .with(known.whole().sha256()),
                    receipt.outcome(),
                    receipt.durability(),
                    Verification.VERIFIED);
        } else {
            report.completed(entry.kind(), entry.path(), placed, receipt.outcome(), receipt.durability());
        }
    }

    /** As nearly all are, whose paths need not be looked at again. One on standard output has no name. */
    private static boolean isUnderItsName(Frame.Receipt receipt, Entry entry) {
        return receipt.path().isEmpty() || receipt.path().equals(entry.path().toString());
    }

    private static RelativePath placed(Frame.Receipt receipt) throws TransferException {
        try {
            return RelativePath.parse(receipt.path());
        } catch (TransferException e) {
            throw violation(receipt, e.why());
        }
    }

    /** A final answer of failure. */
    void failed(long number, Reason reason) throws TransferException {
        ErrorCode code = reason.codeFrom(Side.RECEIVER);
        if (code == ErrorCode.SUPERSEDED) {
            throw new TransferException(
                    ErrorCode.PROTOCOL_VIOLATION, "receiver", "only a sender offers an entry again");
        }
        switch (ledger.failed(number, code)) {
            case InFlight.Ended.Known(Outgoing known) -> {
                report.failed(known.entry(), code, reason.text());
                requireNoTree(known.entry().path().toString(), code);
            }
            case InFlight.Ended.Stored() -> {
                report.failedWithoutContent("entry " + number, code, reason.text());
                requireNoTree("entry " + number, code);
            }
            case InFlight.Ended.Again(Outgoing again) ->
                listener.on(new TransferEvent.Notice(
                        "%s: %s; sending it again".formatted(again.entry().path(), reason.text())));
            case InFlight.Ended.Withdrawn(), InFlight.Ended.OfTree() -> {}
        }
    }

    private void requireNoTree(String failed, ErrorCode code) throws TransferException {
        if (placing == Placing.ALL_AT_ONCE) {
            throw WholeTree.failure(failed, code);
        }
    }

    /** A frame breaks the protocol; this says how. */
    static TransferException violation(Frame frame, String why) {
        return new TransferException(
                ErrorCode.PROTOCOL_VIOLATION, "receiver", "%s: %s".formatted(frame.describe(), why));
    }
}
