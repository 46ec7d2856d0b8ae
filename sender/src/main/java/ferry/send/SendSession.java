package ferry.send;

import ferry.cli.Version;
import ferry.entry.Placing;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.net.Refusal;
import ferry.wire.Frame;
import ferry.wire.FrameWriter;
import ferry.wire.Limits;
import ferry.wire.ProtocolVersion;
import ferry.wire.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The sender's end of one connection that speaks the Ferry protocol (docs/PROTOCOL.md, section 6).
 *
 * <p>The thread that calls {@link #run} is the stream: it alone offers, reads sources and writes content. Three threads help it:
 * the feeder takes what the scan finds, the reader takes what the receiver says, the keep-alive writes when there is nothing else
 * to say. They meet in the {@link Ledger}. None is a virtual one: these would need pollers, which wait inside the system for ever,
 * and for such threads Java waits 300 ms before it lets the process end.
 */
final class SendSession implements TransferSession {
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Connection connection;
    private final Transfer transfer;
    private final Ledger ledger;
    private final StoredEntries stored;
    private final TimeMeter meter = new TimeMeter();
    private final FrameWriter writer;
    private final Optional<CodeExchange> code;
    private final ContentSender content;
    private final FileSender files;
    private final PartSender parts;
    private final AnswerReader answers;
    private final FurtherStreams further;
    private final CountDownLatch over = new CountDownLatch(1);

    private SendSession(Connection connection, Transfer transfer, Optional<CodeExchange> code) {
        this.connection = connection;
        this.transfer = transfer;
        this.ledger = new Ledger(
                transfer.request().retries().isOff() ? Ledger.AfterDone.FAIL : Ledger.AfterDone.OFFER_AGAIN,
                transfer.request().placing());
        this.stored = new StoredEntries(transfer.listener(), StoredList.inTemporaryFolder());
        FrameRelay relay = new FrameRelay(transfer.id(), transfer.listener());
        this.code = code;
        this.writer = new FrameWriter(connection, FrameWriter.LARGE_BATCH, relay.trace());
        CompressionPlan compression = compression(connection, transfer);
        this.content = new ContentSender(writer, ledger, transfer, meter, compression);
        this.files = new FileSender(writer, ledger, content);
        this.parts = new PartSender(content);
        this.answers =
                new AnswerReader(connection, transfer, code, ledger, compression, relay.trace(), this::isWriting);
        this.further = new FurtherStreams(connection, transfer, ledger, answers, compression, relay.trace());
    }

    /** Within a machine there is no network that could limit, unless the user wants it slow. */
    private static CompressionPlan compression(Connection connection, Transfer transfer) {
        SendRequest request = transfer.request();
        boolean isNeverSlow = connection.isLocal() && request.bytesPerSecond().isEmpty();
        Compression wanted =
                request.compression() == Compression.AUTO && isNeverSlow ? Compression.NONE : request.compression();
        return new CompressionPlan(wanted, transfer.report()::compression);
    }

    /** A session that has sent nothing yet. */
    static TransferSession over(Connection connection, Transfer transfer) {
        return new SendSession(connection, transfer, transfer.code().map(code -> code.over(connection)));
    }

    private boolean isWriting() {
        return writer.isWriting() || further.isWriting();
    }

    @Override
    public Ending run() throws TransferException, InterruptedException {
        Thread reader = Thread.ofPlatform().daemon().name("ferry-answers").start(this::read);
        Thread feeder = Thread.ofPlatform().daemon().name("ferry-feeder").start(this::feed);
        Thread keepAlive = Thread.ofPlatform().daemon().name("ferry-keep-alive").start(this::keepAlive);
        further.start();
        try {
            send();
            if (!ledger.isAllAnswered()) {
                return broken(damaged(), reader, feeder);
            }
            reader.join();
            return complete();
        } catch (IOException e) {
            return broken(reasonFor(e, reader), reader, feeder);
        } catch (TransferException e) {
            farewell(e, reader);
            return broken(e, reader, feeder);
        } finally {
            over.countDown();
            further.close();
            files.close();
            parts.close();
            content.close();
            stored.close();
            feeder.interrupt();
            keepAlive.interrupt();
        }
    }

    @Override
    public void cancel(ErrorCode why) {
        ledger.fail(new TransferException(why, connection.peer(), why.meaning()));
        endSoon();
    }

    /** Sees to it that the stream ends, now that it can only end; does not block. */
    private void endSoon() {
        Thread.ofPlatform().daemon().name("ferry-end").start(() -> {
            // A wait for standard input does not end by itself, and with it closed the stream can still say ABORT.
            files.close();
            if (!awaitOver()) {
                // It waits for a peer that does not read.
                connection.abort();
            }
        });
    }

    private boolean awaitOver() {
        try {
            return over.await(LAST_WORDS.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // The stream.

    private void send() throws IOException, TransferException, InterruptedException {
        writer.writePreface();
        writer.write(new Frame.Hello(
                ProtocolVersion.MIN,
                ProtocolVersion.MAX,
                answers.offeredFeatures(),
                transfer.id(),
                transfer.owner(),
                Limits.statedSilence(transfer.request().timeout()),
                Version.agent()));
        if (code.isPresent()) {
            proveCode(code.get());
        }
        if (isTree()) {
            // A receiver that cannot let it appear at once must not get anything of it.
            writer.flush();
            ledger.awaitWelcome();
            meter.spentOn(Bottleneck.PEER);
        }
        boolean more = true;
        while (more) {
            Work work = ledger.next();
            meter.spentOn(Bottleneck.PEER);
            more = perform(work);
        }
    }

    /** Nothing is said of what is to be sent before the receiver has proved that it is the right one. */
    private void proveCode(CodeExchange exchange) throws IOException, TransferException, InterruptedException {
        writer.write(new Frame.CodeProof(exchange.ours()));
        writer.flush();
        ledger.awaitProof();
        meter.spentOn(Bottleneck.PEER);
        exchange.whenProved().run();
    }

    private boolean isTree() {
        return transfer.request().placing() == Placing.ALL_AT_ONCE;
    }

    private boolean perform(Work work) throws IOException, TransferException, InterruptedException {
        switch (work) {
            case Work.Offer(Outgoing entry, Work.Manner manner) -> {
                writer.write(Frame.Offer.of(entry.number(), entry.entry()));
                if (manner == Work.Manner.WITH_CONTENT) {
                    advance(entry);
                }
            }
            case Work.Advance(Outgoing file) -> advance(file);
            case Work.SendAsked(Outgoing file, long chunk) -> sendAsked(file, chunk);
            case Work.SendPart(Outgoing file, long chunk) -> sendPart(file, chunk);
            case Work.Conclude(Outgoing file, Outgoing.Whole whole) -> conclude(file, whole);
            case Work.GiveUp(Outgoing file, TransferException reason) -> giveUp(file, reason);
            case Work.Resend(Outgoing file) -> resend(file);
            case Work.Remove(List<SourceEntry> sources) -> transfer.removal().remove(sources);
            case Work.Spill(List<StoredEntry> entries) -> {
                stored.add(entries);
                if (isTree()) {
                    stored.requireKept();
                }
            }
            case Work.Flush() -> {
                writer.flush();
                meter.spentOn(Bottleneck.NETWORK);
            }
            case Work.Done(long entries) -> {
                if (isSpoilt()) {
                    throw new TransferException(ErrorCode.INTERNAL, "--atomic", "not all of the tree is there");
                }
                writer.write(new Frame.Done(entries));
                answers.expectFinished();
            }
            case Work.Finish() -> {
                return false;
            }
        }
        return true;
    }

    private void advance(Outgoing file) throws IOException, InterruptedException {
        try {
            files.advance(file);
        } catch (TransferException e) {
            giveUp(file, e);
        }
    }

    private void sendAsked(Outgoing file, long chunk) throws IOException, InterruptedException {
        try {
            files.sendAsked(file, chunk);
        } catch (TransferException e) {
            giveUp(file, e);
        }
    }

    private void sendPart(Outgoing file, long chunk) throws IOException, InterruptedException {
        try {
            ledger.partSent(file, chunk, parts.send(file, chunk));
        } catch (TransferException e) {
            giveUp(file, e);
        }
    }

    private void conclude(Outgoing file, Outgoing.Whole whole) throws IOException {
        try {
            files.conclude(file, whole);
        } catch (TransferException e) {
            giveUp(file, e);
        }
    }

    /** Nobody knows what has arrived of it, so it goes on as after any break: what has is compared. */
    private void resend(Outgoing file) throws IOException {
        if (ledger.withdraw(file)) {
            ledger.offerAgain(file.source(), file.attempts());
            writer.write(new Frame.Failed(
                    file.number(), new Reason(ErrorCode.SUPERSEDED, "a stream broke that it was sent over")));
        }
    }

    /** Ends an entry whose source fails; one that has changed gets another chance, so that nothing mixed is ever placed. */
    private void giveUp(Outgoing file, TransferException reason) throws IOException {
        if (ledger.fault().isPresent()) {
            // The session is over, and so perhaps its sources were closed under it.
            return;
        }
        Outgoing.Attempts next = files.isReading(file) || file.spreading().isPresent()
                ? file.attempts().afterTorn()
                : file.attempts().afterStale();
        files.forget(file);
        if (!ledger.withdraw(file)) {
            return;
        }
        if (reason.code() == ErrorCode.SOURCE_CHANGED
                && next.areAllowed()
                && file.source() instanceof SourceEntry.LocalFile changed) {
            try {
                SourceEntry refreshed = changed.refreshed();
                // First, so that it is among those that another session takes over if this connection is broken.
                ledger.offerAgain(refreshed, next);
                writer.write(new Frame.Failed(file.number(), new Reason(ErrorCode.SUPERSEDED, reason.why())));
                return;
            } catch (TransferException e) {
                fail(file, e);
                return;
            }
        }
        fail(file, reason);
    }

    private void fail(Outgoing file, TransferException reason) throws IOException {
        // Told first: the connection may be broken, and another session knows nothing of an entry that was withdrawn.
        transfer.report().failed(file.entry(), reason.code(), reason.why());
        writer.write(new Frame.Failed(file.number(), Reason.of(reason)));
        if (isTree()) {
            ledger.fail(WholeTree.failure(file.entry().path().toString(), reason.code()));
        }
    }

    // The helpers.

    private void read() {
        answers.run();
        endSoon();
    }

    private void feed() {
        try {
            for (Optional<ToOffer> left = nextLeft(); left.isPresent(); left = nextLeft()) {
                ledger.found(left.get());
            }
            ScanSource.Next next = transfer.entries().take();
            while (next instanceof ScanSource.Next.Found(SourceEntry entry)) {
                ledger.found(ToOffer.first(entry));
                next = transfer.entries().take();
            }
            if (next instanceof ScanSource.Next.Failed(TransferException cause)) {
                ledger.fail(cause);
            } else {
                ledger.allFound();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            ledger.fail(new TransferException(
                    ErrorCode.INTERNAL, "a temporary file", "what was to be offered again cannot be read: " + e, e));
        } catch (RuntimeException e) {
            ledger.fail(new TransferException(ErrorCode.INTERNAL, "scan", e.toString(), e));
        }
    }

    private Optional<ToOffer> nextLeft() throws IOException {
        return transfer.leftovers().next();
    }

    private void keepAlive() {
        try {
            // Asked every sixth of the peer's limit, the writer keeps each pause below a third of it.
            while (!answers.awaitWelcome(Limits.SILENCE_BEFORE_KNOWN.dividedBy(6))) {
                writer.tryKeepAlive();
            }
            while (true) {
                writer.tryKeepAlive();
                Thread.sleep(answers.peerSilenceLimit().dividedBy(6));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The stream finds out by itself, or the reader.
        }
    }

    // The end.

    /** Tells the receiver why, and lets it read that: closing while it still sends would make TCP destroy the reason. */
    private void farewell(TransferException reason, Thread reader) throws InterruptedException {
        if (reason.code() == ErrorCode.NOT_FERRY) {
            connection.abort();
            return;
        }
        connection.deadline(LAST_WORDS, "the receiver to close");
        if (!writer.abort(Reason.of(reason), LAST_WORDS)) {
            return;
        }
        try {
            connection.shutdownOutput();
        } catch (IOException e) {
            // It has left already.
        }
        reader.join(LAST_WORDS);
        if (!reader.isAlive()) {
            Refusal.closeAfterReason(connection);
        }
    }

    /** Why writing failed: the receiver's own words if it left any, for it may have refused and closed. */
    private TransferException reasonFor(IOException problem, Thread reader) throws InterruptedException {
        reader.join(LAST_WORDS);
        return ledger.fault()
                .orElseGet(() -> problem instanceof ConnectionException lost
                        ? lost.toTransferException()
                        : new TransferException(
                                ErrorCode.CONNECTION_LOST, connection.peer(), problem.toString(), problem));
    }

    /** Some entries have failed for what may be chance after DONE was said, so that they need another connection. */
    private TransferException damaged() {
        return new TransferException(
                ErrorCode.CORRUPT_FILE, connection.peer(), "not all that arrived there is what was sent");
    }

    /**
     * Ends the session, and puts back what has no final answer.
     *
     * @throws TransferException this reason, if another connection cannot help
     */
    private Ending broken(TransferException reason, Thread reader, Thread feeder)
            throws TransferException, InterruptedException {
        if (!reason.code().retryable() || isSpoilt()) {
            throw reason;
        }
        // What the receiver has said before still counts, so the reader is waited for; it has nobody to wait for now.
        connection.abort();
        feeder.interrupt();
        reader.join();
        feeder.join();
        // Only FINISHED is lost. But where something was garbled another connection shall confirm that this is the end.
        if (ledger.isAllAnswered() && reason.code() != ErrorCode.CORRUPT_FRAME) {
            return complete();
        }
        removeSources();
        List<ToOffer> unanswered = ledger.unanswered();
        if (files.hasReadInput() && unanswered.stream().anyMatch(SendSession::isInput)) {
            throw new TransferException(
                            reason.code(),
                            reason.what(),
                            reason.why() + "; what comes from standard input cannot be sent again",
                            reason)
                    .withHint("start it again, with the command that writes it");
        }
        stored.putBack(reason, ledger.storedNumbers(), unanswered, transfer.leftovers());
        return new Ending.Broken(reason, answers.contact());
    }

    /** Each entry has its final answer, and the reader has ended. */
    private Ending complete() throws TransferException {
        Optional<TreeReceipts.Result> tree = isTree() ? ledger.treeResult() : Optional.empty();
        if (tree.isPresent()) {
            WholeTree whole = new WholeTree(
                    transfer.report(), transfer.removal(), transfer.request().fate(), tree.get());
            stored.forEach(whole::placed);
            ledger.storedInMemory().forEach(whole::placed);
            whole.finish();
        } else {
            removeSources();
        }
        return new Ending.Complete(meter.limitedBy());
    }

    /** Whether something of a tree has failed that was to appear at once, over whichever connection: then nothing may. */
    private boolean isSpoilt() {
        return isTree() && transfer.report().progress().totals().failed() > 0;
    }

    /** Those that were released, now that the reader has ended. */
    private void removeSources() {
        SourceRemoval removal = transfer.removal();
        removal.keepNotDurable(answers.notDurable());
        removal.remove(ledger.releasedInMemory());
        stored.remove(ledger.releasedOnDisk(), removal);
    }

    private static boolean isInput(ToOffer entry) {
        return entry.source() instanceof SourceEntry.StandardInput;
    }
}
