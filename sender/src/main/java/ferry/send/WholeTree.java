package ferry.send;

import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.FileContent;
import ferry.event.TransferReport;
import ferry.event.Verification;

/** What is told of a tree that appears at once ({@code --atomic}). For the thread that runs the session, but for {@link #failure}. */
final class WholeTree {
    private final TransferReport report;
    private final SourceRemoval removal;
    private final SourceFate fate;
    private final TreeReceipts.Result result;
    private long notDurable;

    /** @param result what all receipts say */
    WholeTree(TransferReport report, SourceRemoval removal, SourceFate fate, TreeReceipts.Result result) {
        this.report = report;
        this.removal = removal;
        this.fate = fate;
        this.result = result;
    }

    /** Why the transfer ends: one entry has failed, which was told. */
    static TransferException failure(String entry, ErrorCode code) {
        TransferException failure = new TransferException(
                code, "--atomic", "nothing appears at the receiver, since not all does: '%s' failed".formatted(entry));
        return switch (code) {
            case CONFLICT, KIND_CONFLICT, NAME_REFUSED ->
                failure.withHint("move away what the receiver has under that name");
            default -> failure.withHint(SessionSequence.HOW_TO_GO_ON);
        };
    }

    /** The final answer for one of its entries; each has the same. */
    void placed(StoredEntry stored) {
        Entry entry = stored.source().entry();
        switch (entry) {
            case Entry.File file ->
                report.completed(
                        file,
                        file.path(),
                        FileContent.of(stored.whole().size(), stored.whole().crc())
                                .with(stored.whole().sha256()),
                        result.outcome(),
                        result.durability(),
                        Verification.VERIFIED);
            case Entry.Directory _, Entry.Link _ ->
                report.completed(entry.kind(), entry.path(), entry.path(), result.outcome(), result.durability());
        }
        switch (fate) {
            case KEEP -> {}
            case REMOVE -> {
                switch (result.durability()) {
                    case DURABLE -> removal.remove(stored.source());
                    case WRITTEN, STREAMED -> notDurable++;
                }
            }
        }
    }

    /** All were told. */
    void finish() {
        removal.keepNotDurable(notDurable);
    }
}
