package ferry.event;

import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.StatusTally;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The book of one transfer: tells the listener what happens, counts it for the progress, and adds up the exit status. Sessions
 * of either protocol, at either end, keep one. Thread-safe, except that {@link #started} comes first and {@link #finished} last.
 */
public final class TransferReport {
    private final String transfer;
    private final String peer;
    private final Protocol protocol;
    private final Direction direction;
    private final TransferListener listener;
    private final TransferProgress progress = new TransferProgress();
    private final StatusTally tally = new StatusTally();
    private final long begin = System.nanoTime();
    private final AtomicLong sourcesRemoved = new AtomicLong();
    private final AtomicLong sourcesKept = new AtomicLong();
    private final AtomicBoolean warnedOfReceipts = new AtomicBoolean();

    /**
     * @param transfer the transfer's id, 32 hexadecimal digits
     * @param peer as the connection names it
     */
    public TransferReport(
            String transfer, String peer, Protocol protocol, Direction direction, TransferListener listener) {
        this.transfer = transfer;
        this.peer = peer;
        this.protocol = protocol;
        this.direction = direction;
        this.listener = listener;
    }

    public String transfer() {
        return transfer;
    }

    public TransferProgress progress() {
        return progress;
    }

    /**
     * Comes first.
     *
     * @param encryption of the connection that the transfer begins with; empty if there is none
     */
    public void started(Optional<Encryption> encryption) {
        listener.on(new TransferEvent.Started(transfer, peer, protocol, direction, encryption, progress));
    }

    /** The connection broke, and there will be another one after this wait; as {@link TransferEvent.Reconnecting} says. */
    public void reconnecting(TransferException cause, int attempt, int most, Duration wait) {
        listener.on(new TransferEvent.Reconnecting(
                transfer, cause.code(), cause.what() + ": " + cause.why(), attempt, most, wait));
    }

    /** There is another connection, to this peer. */
    public void reconnected(String currentPeer) {
        listener.on(new TransferEvent.Reconnected(transfer, currentPeer));
    }

    /** There are to be so many streams, for this reason; as {@link TransferEvent.Streams} says. */
    public void streams(int count, String text) {
        listener.on(new TransferEvent.Streams(transfer, count, text));
    }

    /** Content goes in this way from now on, for this reason; as {@link TransferEvent.Compression} says. */
    public void compression(String method, String text) {
        listener.on(new TransferEvent.Compression(transfer, method, text));
    }

    /** The final answer for a file that is now at the receiver. */
    public void completed(
            Entry.File file,
            RelativePath placed,
            FileContent content,
            Outcome outcome,
            Durability durability,
            Verification verification) {
        tally.succeeded();
        progress.completed(file, content.size(), outcome);
        warnUnlessDurable(durability);
        listener.on(new TransferEvent.Completed(
                transfer,
                EntryKind.FILE,
                file.path(),
                placed,
                content.size(),
                content.crc32c(),
                outcome,
                durability,
                verification,
                file.attributes().modified(),
                content.sha256()));
    }

    /** Once a transfer: the receiver was told to promise less, and the sender's user may not know. */
    private void warnUnlessDurable(Durability durability) {
        boolean expectsDurable = direction == Direction.OUTGOING && protocol == Protocol.FERRY;
        if (durability == Durability.DURABLE || !expectsDurable || !warnedOfReceipts.compareAndSet(false, true)) {
            return;
        }
        listener.on(new TransferEvent.Warning(peer + ": "
                + switch (durability) {
                    case DURABLE, WRITTEN ->
                        "it does not sync files to its disk; if its machine crashes now, they may be lost";
                    case STREAMED -> "it passes the file on and does not say what becomes of it there";
                }));
    }

    /**
     * The final answer for a directory or link that is now at the receiver.
     *
     * @param path as it was offered, or the final one where that is no longer known
     */
    public void completed(
            EntryKind kind, RelativePath path, RelativePath placed, Outcome outcome, Durability durability) {
        tally.succeeded();
        progress.completedWithoutContent(outcome);
        warnUnlessDurable(durability);
        listener.on(new TransferEvent.Completed(
                transfer,
                kind,
                path,
                placed,
                0,
                OptionalInt.empty(),
                outcome,
                durability,
                Verification.VERIFIED,
                Optional.empty(),
                Optional.empty()));
    }

    /** The final answer for an entry that is not. */
    public void failed(Entry entry, ErrorCode code, String why) {
        tally.failed(code);
        progress.failed(entry);
        listener.on(new TransferEvent.Failed(transfer, entry.path().toString(), code, why));
    }

    /**
     * The final answer for a directory or link that is not at the receiver, where its path is no longer known.
     *
     * @param name what names it instead
     */
    public void failedWithoutContent(String name, ErrorCode code, String why) {
        tally.failed(code);
        progress.failedWithoutContent();
        listener.on(new TransferEvent.Failed(transfer, name, code, why));
    }

    /** The sender has withdrawn an entry: a failure, unless it offers it again. */
    public void withdrawn(Entry entry, ErrorCode code, String why) {
        if (code != ErrorCode.SUPERSEDED) {
            failed(entry, code, why);
        }
    }

    /** Something could not even be offered. */
    public void failedBeforeOffer(String path, ErrorCode code, String why) {
        tally.failed(code);
        progress.failedBeforeOffer();
        listener.on(new TransferEvent.Failed(transfer, path, code, why));
    }

    /** The source of an entry that is at the receiver was removed, as was asked for. */
    public void sourceRemoved() {
        sourcesRemoved.incrementAndGet();
    }

    /**
     * Sources of so many entries that are at the receiver were to be removed, and are not.
     *
     * @param text which, and why, for people
     */
    public void sourcesKept(long count, String text) {
        sourcesKept.addAndGet(count);
        listener.on(new TransferEvent.Warning(text));
    }

    /** The transfer came to its end; what became of its entries, and of sources to be removed, decides the status. */
    public ExitStatus finished(Bottleneck limitedBy) {
        return finish(status(), limitedBy);
    }

    private ExitStatus status() {
        ExitStatus sent = tally.status();
        if (sourcesKept.get() == 0) {
            return sent;
        }
        boolean isOneCause = sent == ExitStatus.DONE && sourcesRemoved.get() == 0;
        return isOneCause ? ExitStatus.LOCAL_FILE : ExitStatus.PARTIAL;
    }

    /** The transfer ended early, for a reason of its own. */
    public ExitStatus stopped(TransferException reason, Bottleneck limitedBy) {
        listener.on(TransferEvent.Stopped.transfer(transfer, reason));
        return finish(reason.code().exitStatus(), limitedBy);
    }

    private ExitStatus finish(ExitStatus status, Bottleneck limitedBy) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
        listener.on(new TransferEvent.Finished(transfer, peer, progress.totals(), elapsed, status, limitedBy));
        return status;
    }
}
