package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.net.Security;
import ferry.trust.JoinKey;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.Limits;
import ferry.wire.Reason;
import ferry.wire.Side;
import ferry.wire.Token;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A further stream of a transfer (docs/PROTOCOL.md, section 5.2): joins, and sends the chunks that the {@link Ledger} gives it.
 *
 * <p>{@link #run} belongs to the stream's own platform thread, which reads files; another one reads what the receiver says, that
 * it is alive and perhaps that it ends the stream. The rest may be called from any.
 */
final class FurtherStream {
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    /** Whoever has nothing to send for so long need not hold a file open. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final int number;
    private final Connection connection;
    private final Invitation invitation;
    private final Transfer transfer;
    private final Ledger ledger;
    private final CompressionPlan compression;
    private final FrameReader reader;
    private final FrameWriter writer;

    /** How the receiver's half has ended, and when; the cause is null if it has ended properly. */
    private final CountDownLatch heardEnd = new CountDownLatch(1);

    private volatile @Nullable TransferException broken;
    private volatile boolean isLeaving;

    FurtherStream(
            int number,
            Connection connection,
            Invitation invitation,
            Transfer transfer,
            Ledger ledger,
            CompressionPlan compression,
            FrameTrace trace) {
        this.number = number;
        this.connection = connection;
        this.invitation = invitation;
        this.transfer = transfer;
        this.ledger = ledger;
        this.compression = compression;
        this.reader = new FrameReader(connection, Side.RECEIVER, trace);
        this.writer = new FrameWriter(connection, FrameWriter.LARGE_BATCH, trace);
    }

    /** Whether it waits for the network now. */
    boolean isWriting() {
        return writer.isWriting();
    }

    /** Ends it at once; what was sent over it does not matter any more. */
    void abort() {
        connection.abort();
    }

    /**
     * Asks to join, and waits for the answer.
     *
     * @throws TransferException if the receiver refuses, or the connection breaks
     */
    void join() throws TransferException {
        JoinKey key = invitation.key();
        connection.deadline(Limits.HELLO, "JOINED");
        try {
            writer.writePreface();
            Token proof = connection.security() instanceof Security.Tls channel
                    ? key.proof(number, channel.binding().joinExporter())
                    : Token.NONE;
            writer.write(new Frame.Join(invitation.version(), key.transfer(), number, proof));
            writer.flush();
            Frame answer = nextButKeepAlive();
            if (answer instanceof Frame.Challenge(Token nonce) && connection.security() instanceof Security.None) {
                writer.write(new Frame.JoinProof(key.proof(number, nonce)));
                writer.flush();
                answer = nextButKeepAlive();
            }
            requireJoined(answer);
        } catch (IOException e) {
            throw lost(e);
        } finally {
            connection.clearDeadline();
        }
        connection.heardLimit(transfer.request().timeout(), "a sign of life");
        reader.requireProgress(transfer.request().timeout());
    }

    private Frame nextButKeepAlive() throws IOException, TransferException {
        Frame frame = reader.next();
        while (frame instanceof Frame.KeepAlive) {
            frame = reader.next();
        }
        return frame;
    }

    private static void requireJoined(Frame answer) throws TransferException {
        switch (answer) {
            case Frame.Joined() -> {}
            case Frame.Abort(Reason reason) ->
                throw new TransferException(reason.codeFrom(Side.RECEIVER), "receiver", reason.text());
            case Frame other -> throw EntryAnswers.violation(other, "JOINED comes first");
        }
    }

    /**
     * Sends, once it has joined, until the ledger has nothing more for it.
     *
     * @throws TransferException if the stream broke; then what was sent over it may not have arrived
     */
    void run() throws TransferException, InterruptedException {
        Thread listening =
                Thread.ofPlatform().daemon().name("ferry-stream-answers").start(this::listen);
        try (KeepAlive _ = KeepAlive.start(number, writer, invitation.silence());
                ContentSender content = new ContentSender(writer, ledger, transfer, new TimeMeter(), compression);
                PartSender parts = new PartSender(content)) {
            while (perform(next(), parts)) {
                requireWhole();
            }
            requireWhole();
            isLeaving = true;
            connection.shutdownOutput();
            // However long it takes what was sent to get there; as long as the receiver is heard.
            heardEnd.await();
            requireWhole();
        } catch (IOException e) {
            heardEnd.await(LAST_WORDS.toNanos(), TimeUnit.NANOSECONDS);
            requireWhole();
            throw lost(e);
        } finally {
            connection.abort();
            listening.join();
        }
    }

    /** What was sent may wait in the batch only while more follows at once. */
    private Errand next() throws IOException, InterruptedException {
        Errand next = ledger.nextErrand(number, Duration.ZERO);
        if (next instanceof Errand.Pause) {
            writer.flush();
            next = ledger.nextErrand(number, PATIENCE);
        }
        return next;
    }

    private boolean perform(Errand errand, PartSender parts) throws IOException, InterruptedException {
        switch (errand) {
            case Errand.Send(Outgoing file, long chunk) -> send(file, chunk, parts);
            case Errand.Pause() -> parts.close();
            case Errand.Leave() -> {
                writer.flush();
                return false;
            }
        }
        return true;
    }

    private void send(Outgoing file, long chunk, PartSender parts) throws IOException, InterruptedException {
        int crc;
        try {
            crc = parts.send(file, chunk);
        } catch (TransferException e) {
            if (ledger.fault().isEmpty()) {
                ledger.partFailed(file, e);
            }
            return;
        }
        ledger.partSent(file, chunk, crc);
    }

    private void requireWhole() throws TransferException {
        TransferException cause = broken;
        if (cause != null) {
            throw cause;
        }
    }

    private void listen() {
        try {
            while (true) {
                switch (reader.next()) {
                    case Frame.KeepAlive() -> {}
                    case Frame.Abort(Reason reason) ->
                        throw new TransferException(reason.codeFrom(Side.RECEIVER), "receiver", reason.text());
                    case Frame other -> throw EntryAnswers.violation(other, "on a further stream");
                }
            }
        } catch (TransferException e) {
            breakOff(e);
        } catch (EOFException e) {
            if (!isLeaving) {
                breakOff(lost(e));
            }
            // Else it has read all that was sent.
        } catch (IOException e) {
            breakOff(lost(e));
        } finally {
            heardEnd.countDown();
        }
    }

    private void breakOff(TransferException cause) {
        broken = cause;
        connection.abort();
        // It may be waiting there.
        ledger.dismiss(number);
    }

    private TransferException lost(IOException problem) {
        return problem instanceof ConnectionException e
                ? e.toTransferException()
                : new TransferException(ErrorCode.CONNECTION_LOST, connection.peer(), problem.toString(), problem);
    }
}
