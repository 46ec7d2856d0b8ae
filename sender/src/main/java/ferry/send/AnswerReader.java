package ferry.send;

import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferReport;
import ferry.event.Verification;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.Limits;
import ferry.wire.Reason;
import ferry.wire.Side;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Reads what the receiver says and tells the {@link Ledger} and the report, on a thread of its own that never waits for anybody
 * but the receiver. Its end, good or bad, is in the ledger too.
 */
final class AnswerReader implements Runnable {
    private enum State {
        EXPECTING_WELCOME,
        ANSWERS,
        FINISHED
    }

    private final Connection connection;
    private final Ledger ledger;
    private final TransferReport report;
    private final FrameReader reader;
    private final Duration timeout;
    private final KeepAliveWatch watch;
    private final CountDownLatch welcomed = new CountDownLatch(1);
    private State state = State.EXPECTING_WELCOME;

    /** Guarded by this. */
    private boolean doneSent;

    private volatile Duration peerSilenceLimit = Limits.SILENCE_BEFORE_KNOWN;

    /** @param isWriting whether the stream waits for the receiver to take bytes */
    AnswerReader(Connection connection, Transfer transfer, Ledger ledger, FrameTrace trace, BooleanSupplier isWriting) {
        this.connection = connection;
        this.ledger = ledger;
        this.report = transfer.report();
        this.reader = new FrameReader(connection, Side.RECEIVER, trace);
        this.timeout = transfer.request().timeout();
        this.watch = new KeepAliveWatch(
                connection.peer(),
                timeout,
                System::nanoTime,
                () -> report.progress().sample().moved(),
                () -> isWriting.getAsBoolean() || ledger.isOwedAnAnswer());
        nameWhatIsAwaited();
    }

    /** Whether the receiver has taken up the transfer; if not, another session may begin it anew. */
    boolean hasAnswer() {
        return welcomed.getCount() == 0;
    }

    /** Waits so long for the receiver to take up the transfer, and says whether it has. */
    boolean awaitWelcome(Duration patience) throws InterruptedException {
        return welcomed.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** DONE is on its way. */
    synchronized void expectFinished() {
        doneSent = true;
        nameWhatIsAwaited();
    }

    /** So that whoever gives up a silent receiver can say what for. */
    private synchronized void nameWhatIsAwaited() {
        String awaited = "WELCOME";
        if (hasAnswer()) {
            awaited = doneSent ? "FINISHED" : "the receiver's next answer";
        }
        connection.heardLimit(timeout, awaited);
    }

    /** After how much silence the receiver gives us up. */
    Duration peerSilenceLimit() {
        return peerSilenceLimit;
    }

    @Override
    public void run() {
        try {
            // A receiver has nothing to wait for before it says this, so keep-alives do not make it wait longer.
            connection.deadline(timeout, "WELCOME");
            while (state != State.FINISHED) {
                Frame frame = reader.next();
                if (!(frame instanceof Frame.KeepAlive)) {
                    watch.answered();
                }
                handle(frame);
            }
        } catch (TransferException e) {
            ledger.fail(explain(e));
        } catch (ConnectionException e) {
            ledger.fail(e.toTransferException());
        } catch (EOFException e) {
            ledger.fail(new TransferException(
                    ErrorCode.CONNECTION_LOST,
                    connection.peer(),
                    "the receiver closed the connection before the end",
                    e));
        } catch (IOException e) {
            ledger.fail(new TransferException(ErrorCode.CONNECTION_LOST, connection.peer(), e.toString(), e));
        } catch (RuntimeException e) {
            ledger.fail(new TransferException(ErrorCode.INTERNAL, connection.peer(), e.toString(), e));
        }
    }

    private TransferException explain(TransferException problem) {
        if (problem.code() != ErrorCode.NOT_FERRY) {
            return problem;
        }
        return new TransferException(
                        problem.code(),
                        connection.peer(),
                        "%s (%s: %s)".formatted(problem.code().meaning(), problem.what(), problem.why()),
                        problem)
                .withHint("if a plain receiver listens there, such as nc: send --classic");
    }

    private void handle(Frame frame) throws TransferException {
        switch (frame) {
            case Frame.Welcome welcome -> welcome(welcome);
            case Frame.Abort(Reason reason) -> throw aborted(reason);
            case Frame.KeepAlive() -> watch.keptAlive();
            case Frame.Verdict verdict -> verdict(verdict);
            case Frame.Same(long entry, long chunk) -> {
                requireWelcome(frame);
                ledger.same(entry, chunk);
            }
            case Frame.Send(long entry, long chunk) -> {
                requireWelcome(frame);
                ledger.send(entry, chunk);
            }
            case Frame.Stored(long entry) -> {
                requireWelcome(frame);
                ledger.stored(entry);
            }
            case Frame.Receipt receipt -> receipt(receipt);
            case Frame.Failed(long entry, Reason reason) -> {
                requireWelcome(frame);
                failed(entry, reason);
            }
            case Frame.Finished _ -> {
                requireWelcome(frame);
                ledger.finished();
                state = State.FINISHED;
            }
            case Frame.CodeProof _ -> throw violation(frame, "no code was proved to it");
            case Frame.Challenge _, Frame.Joined _ -> throw violation(frame, "no stream has asked to join");
            case Frame.Hello _,
                    Frame.Join _,
                    Frame.JoinProof _,
                    Frame.Offer _,
                    Frame.Proof _,
                    Frame.Data _,
                    Frame.End _,
                    Frame.Done _ -> throw violation(frame, "only a sender sends it");
        }
    }

    private void welcome(Frame.Welcome welcome) throws TransferException {
        if (state != State.EXPECTING_WELCOME) {
            throw violation(welcome, "it was sent before");
        }
        Features.requireOffered(welcome.features(), Features.NONE);
        state = State.ANSWERS;
        peerSilenceLimit = welcome.silenceLimit();
        welcomed.countDown();
        connection.clearDeadline();
        nameWhatIsAwaited();
        ledger.welcome(welcome.credit());
    }

    private void verdict(Frame.Verdict verdict) throws TransferException {
        requireWelcome(verdict);
        switch (verdict) {
            case Frame.Accept(long entry) -> ledger.accepted(entry);
            case Frame.AcceptInOrder(long entry) -> ledger.accepted(entry);
            case Frame.Compare compare -> ledger.compare(compare.entry(), compare.chunks());
            case Frame.Have(long entry) -> ledger.have(entry);
            case Frame.Refuse(long entry, Reason reason) -> failed(entry, reason);
        }
    }

    private void receipt(Frame.Receipt receipt) throws TransferException {
        requireWelcome(receipt);
        switch (ledger.receipt(receipt)) {
            case InFlight.Ended.Known(Outgoing known) -> completed(known.entry(), receipt);
            case InFlight.Ended.Stored() -> {
                RelativePath placed = placed(receipt);
                report.completed(receipt.kind(), placed, placed, receipt.outcome(), receipt.durability());
            }
            case InFlight.Ended.Withdrawn() -> {}
        }
    }

    private void completed(Entry entry, Frame.Receipt receipt) throws TransferException {
        RelativePath placed = receipt.path().isEmpty() ? entry.path() : placed(receipt);
        if (entry instanceof Entry.File file) {
            report.completed(
                    file,
                    placed,
                    receipt.size(),
                    OptionalInt.of(receipt.crc()),
                    receipt.outcome(),
                    receipt.durability(),
                    Verification.VERIFIED);
        } else {
            report.completed(entry.kind(), entry.path(), placed, receipt.outcome(), receipt.durability());
        }
    }

    private static RelativePath placed(Frame.Receipt receipt) throws TransferException {
        try {
            return RelativePath.parse(receipt.path());
        } catch (TransferException e) {
            throw violation(receipt, e.why());
        }
    }

    private void failed(long number, Reason reason) throws TransferException {
        ErrorCode code = reason.codeFrom(Side.RECEIVER);
        if (code == ErrorCode.SUPERSEDED) {
            throw new TransferException(
                    ErrorCode.PROTOCOL_VIOLATION, "receiver", "only a sender offers an entry again");
        }
        switch (ledger.failed(number)) {
            case InFlight.Ended.Known(Outgoing known) -> report.failed(known.entry(), code, reason.text());
            case InFlight.Ended.Stored() -> report.failedWithoutContent("entry " + number, code, reason.text());
            case InFlight.Ended.Withdrawn() -> {}
        }
    }

    private void requireWelcome(Frame frame) throws TransferException {
        if (state != State.ANSWERS) {
            throw violation(frame, "WELCOME comes first");
        }
    }

    private static TransferException aborted(Reason reason) {
        ErrorCode code = reason.codeFrom(Side.RECEIVER);
        return new TransferException(code, "receiver", reason.text().isEmpty() ? code.meaning() : reason.text());
    }

    private static TransferException violation(Frame frame, String why) {
        return new TransferException(
                ErrorCode.PROTOCOL_VIOLATION, "receiver", "%s: %s".formatted(frame.describe(), why));
    }
}
