package ferry.send;

import ferry.entry.Placing;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.net.Endpoint;
import ferry.net.Security;
import ferry.trust.JoinKey;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.Limits;
import ferry.wire.Reason;
import ferry.wire.Side;
import ferry.wire.Token;
import ferry.wire.TransferId;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Reads what the receiver says and tells the {@link Ledger} and the report, on a thread of its own that never waits for anybody
 * but the receiver. Its end, good or bad, is in the ledger too.
 */
final class AnswerReader implements Runnable {
    private enum State {
        EXPECTING_PROOF("the receiver's proof of the code"),
        EXPECTING_WELCOME("WELCOME"),
        ANSWERS("the receiver's next answer"),
        FINISHED("nothing");

        private final String awaited;

        State(String awaited) {
            this.awaited = awaited;
        }
    }

    private final Connection connection;
    private final Ledger ledger;
    private final CompressionPlan compression;
    private final FrameReader reader;
    private final Duration timeout;
    private final KeepAliveWatch watch;
    private final CountDownLatch welcomed = new CountDownLatch(1);
    private final EntryAnswers entries;
    private final Optional<CodeExchange> code;
    private final Endpoint target;
    private final TransferId transfer;
    private final boolean spreads;
    private final Placing placing;

    /** Written by the reader's thread alone. */
    private volatile State state;

    /** Guarded by this. */
    private boolean doneSent;

    /** Written by the reader's thread alone. */
    private volatile boolean hasHeard;

    /** If the receiver takes further streams. */
    private volatile Optional<Invitation> invitation = Optional.empty();

    private volatile Duration peerSilenceLimit = Limits.SILENCE_BEFORE_KNOWN;

    /**
     * @param code if there is one, the receiver must prove it first
     * @param isWriting whether the stream waits for the receiver to take bytes
     */
    AnswerReader(
            Connection connection,
            Transfer transfer,
            Optional<CodeExchange> code,
            Ledger ledger,
            CompressionPlan compression,
            FrameTrace trace,
            BooleanSupplier isWriting) {
        this.connection = connection;
        this.ledger = ledger;
        this.compression = compression;
        this.entries = new EntryAnswers(
                ledger,
                transfer.report(),
                transfer.listener(),
                transfer.request().fate(),
                transfer.request().placing());
        this.transfer = transfer.id();
        this.spreads = FurtherStreams.areOfUse(connection, transfer.request());
        this.reader = new FrameReader(connection, Side.RECEIVER, trace);
        this.timeout = transfer.request().timeout();
        this.reader.requireProgress(timeout);
        this.target = transfer.request().target();
        this.placing = transfer.request().placing();
        this.code = code;
        this.state = code.isPresent() ? State.EXPECTING_PROOF : State.EXPECTING_WELCOME;
        this.watch = new KeepAliveWatch(
                connection.peer(),
                timeout,
                System::nanoTime,
                () -> transfer.report().progress().sample().moved(),
                () -> isWriting.getAsBoolean() || ledger.isOwedAnAnswer());
        nameWhatIsAwaited();
    }

    /** Whether the receiver has taken up the transfer; if not, another session may begin it anew. */
    boolean hasAnswer() {
        return welcomed.getCount() == 0;
    }

    /** How many receipts have not released their sources; to be asked once this has ended. */
    long notDurable() {
        return entries.notDurable();
    }

    /** How far it has come with the receiver. */
    TransferSession.Contact contact() {
        if (hasAnswer()) {
            return TransferSession.Contact.WELCOMED;
        }
        return hasHeard || connection.security() instanceof Security.Tls
                ? TransferSession.Contact.MADE
                : TransferSession.Contact.NONE;
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
        connection.heardLimit(timeout, hasAnswer() && doneSent ? "FINISHED" : state.awaited);
    }

    /** By what further streams join, if the receiver takes any; to be asked after {@link #awaitWelcome}. */
    Optional<Invitation> invitation() {
        return invitation;
    }

    /** After how much silence the receiver gives us up. */
    Duration peerSilenceLimit() {
        return peerSilenceLimit;
    }

    @Override
    public void run() {
        try {
            // A receiver has nothing to wait for before it welcomes, so keep-alives gain it no time.
            connection.deadline(timeout, state.awaited);
            while (state != State.FINISHED) {
                Frame frame = reader.next();
                hasHeard = true;
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
        if (problem.getCause() instanceof EOFException) {
            // Wherever a connection ends too early, it is lost; a receiver that dies does not wait for the end of a
            // frame.
            return new TransferException(ErrorCode.CONNECTION_LOST, connection.peer(), problem.why(), problem);
        }
        if (problem.code() != ErrorCode.NOT_FERRY) {
            return problem;
        }
        TransferException explained = new TransferException(
                problem.code(),
                connection.peer(),
                "%s (%s: %s)".formatted(problem.code().meaning(), problem.what(), problem.why()),
                problem);
        return connection.security() instanceof Security.None
                ? explained.withHint("if a plain receiver listens there, such as nc: send --classic")
                : explained;
    }

    private void handle(Frame frame) throws TransferException {
        switch (frame) {
            case Frame.Welcome welcome -> welcome(welcome);
            case Frame.Abort(Reason reason) -> throw ReceiverAbort.of(reason, target);
            case Frame.KeepAlive() -> watch.keptAlive();
            case Frame.Verdict verdict -> {
                requireWelcome(frame);
                entries.verdict(verdict);
            }
            case Frame.Same(long entry, long chunk) -> {
                requireWelcome(frame);
                entries.same(entry, chunk);
            }
            case Frame.Send(long entry, long chunk) -> {
                requireWelcome(frame);
                ledger.send(entry, chunk);
            }
            case Frame.Stored(long entry) -> {
                requireWelcome(frame);
                ledger.stored(entry);
            }
            case Frame.Receipt receipt -> {
                requireWelcome(frame);
                entries.receipt(receipt);
            }
            case Frame.Failed(long entry, Reason reason) -> {
                requireWelcome(frame);
                entries.failed(entry, reason);
            }
            case Frame.Finished _ -> {
                requireWelcome(frame);
                ledger.finished();
                state = State.FINISHED;
            }
            case Frame.CodeProof(Token proof) -> codeProof(proof);
            case Frame.Challenge _, Frame.Joined _ ->
                throw EntryAnswers.violation(frame, "no stream has asked to join");
            case Frame.Hello _,
                    Frame.Join _,
                    Frame.JoinProof _,
                    Frame.Offer _,
                    Frame.Proof _,
                    Frame.Data _,
                    Frame.End _,
                    Frame.Done _ -> throw EntryAnswers.violation(frame, "only a sender sends it");
        }
    }

    private void codeProof(Token proof) throws TransferException {
        if (code.isEmpty() || state != State.EXPECTING_PROOF) {
            throw EntryAnswers.violation(new Frame.CodeProof(proof), "it was not asked for");
        }
        if (!proof.equals(code.get().theirs())) {
            throw new TransferException(
                            ErrorCode.WRONG_CODE,
                            connection.peer(),
                            "it does not know the code, or somebody is in between; nothing was sent")
                    .withHint("compare the code with what receive has shown");
        }
        state = State.EXPECTING_WELCOME;
        connection.deadline(timeout, state.awaited);
        nameWhatIsAwaited();
        ledger.proved();
    }

    private void welcome(Frame.Welcome welcome) throws TransferException {
        switch (state) {
            case EXPECTING_PROOF ->
                throw new TransferException(
                        ErrorCode.ACCESS_DENIED,
                        connection.peer(),
                        "it has not proved that it knows the code; nothing was sent");
            case ANSWERS, FINISHED -> throw EntryAnswers.violation(welcome, "it was sent before");
            case EXPECTING_WELCOME -> {}
        }
        Features.requireOffered(welcome.features(), offeredFeatures());
        if (Features.placing(welcome.features()) != placing) {
            throw new TransferException(
                            ErrorCode.NOT_ALLOWED,
                            connection.peer(),
                            "it cannot let a tree appear all at once, for it is too old, or writes to its standard output; "
                                    + "nothing was sent")
                    .withHint("leave out --atomic");
        }
        if ((welcome.features() & Features.CODE) != (offeredFeatures() & Features.CODE)) {
            throw EntryAnswers.violation(welcome, "it does not say that a code was proved");
        }
        state = State.ANSWERS;
        if ((welcome.features() & Features.ZSTD) != 0) {
            compression.agreed();
        } else if (compression.isOfUse()) {
            compression.unavailable("the receiver cannot decode");
        }
        peerSilenceLimit = welcome.silenceLimit();
        if ((welcome.features() & Features.STREAMS) != 0) {
            invitation = Optional.of(new Invitation(
                    new JoinKey(welcome.joinSecret(), transfer), welcome.version(), welcome.silenceLimit()));
            ledger.spread();
        }
        welcomed.countDown();
        connection.clearDeadline();
        nameWhatIsAwaited();
        ledger.welcome(welcome.credit(), welcome.creditBytes());
    }

    /** What HELLO has said. */
    long offeredFeatures() {
        return (code.isPresent() ? Features.CODE : Features.NONE)
                | (spreads ? Features.STREAMS : Features.NONE)
                | (compression.isOfUse() ? Features.ZSTD : Features.NONE)
                | Features.of(placing);
    }

    private void requireWelcome(Frame frame) throws TransferException {
        if (state != State.ANSWERS) {
            throw EntryAnswers.violation(frame, "%s comes first".formatted(state.awaited));
        }
    }
}
