package ferry.send;

import ferry.entry.Crc32c;
import ferry.entry.Durability;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.FileContent;
import ferry.event.TransferReport;
import ferry.event.Verification;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.net.ConnectionLostException;
import ferry.net.RateLimiter;
import ferry.send.Outgoing.Whole;
import ferry.wire.ClassicAnswer;
import ferry.wire.ClassicAnswer.Progress;
import ferry.wire.ClassicHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends one file by the classic protocol, section 3 of docs/PROTOCOL.md: its name, {@code ok} from the receiver, its
 * bytes, and then both sides close. One thread runs it; any may cancel.
 *
 * <p>The end of the connection is all that tells the receiver that the file is whole. So whatever goes wrong on this side
 * ends in a reset and never in a proper close. A Unix socket knows no reset, so there this protocol is not spoken.
 */
final class ClassicSender implements TransferSession {
    /** Large enough that the cost is in the bytes and not in the calls. */
    private static final int BUFFER_BYTES = 256 << 10;

    private static final int ANSWER_BYTES = 1024;

    private static final Duration SHORTEST_CLOSE_LIMIT = Duration.ofMinutes(10);

    private final Connection connection;
    private final ClassicSource source;
    private final Duration timeout;
    private final RateLimiter limiter;
    private final boolean withSha256;
    private final TransferReport report;

    /** What the receiver has said and nobody has looked at. */
    private final ByteBuffer received = ByteBuffer.allocate(ANSWER_BYTES).limit(0);

    private final AtomicReference<@Nullable ErrorCode> cancelled = new AtomicReference<>();

    /** @param withSha256 whether the report wants to know it */
    ClassicSender(
            Connection connection,
            ClassicSource source,
            Duration timeout,
            RateLimiter limiter,
            boolean withSha256,
            TransferReport report) {
        this.connection = connection;
        this.withSha256 = withSha256;
        this.source = source;
        this.timeout = timeout;
        this.limiter = limiter;
        this.report = report;
    }

    @Override
    public Ending run() throws TransferException, InterruptedException {
        try {
            ByteBuffer buffer = ByteBuffer.allocateDirect(Math.min(BUFFER_BYTES, limiter.largestPiece()));
            Optional<TransferException> silence = sendName();
            if (silence.isPresent()) {
                requireNotCancelled();
                return new Ending.Unanswered(silence.get());
            }
            TimeMeter meter = new TimeMeter();
            Whole whole = sendContent(buffer, meter);
            source.requireUnchanged();
            connection.shutdownOutput();
            awaitClose();
            meter.spentOn(Bottleneck.PEER);
            report.completed(
                    source.entry(),
                    source.entry().path(),
                    FileContent.of(whole.size(), whole.crc()).with(whole.sha256()),
                    Outcome.PLACED,
                    Durability.WRITTEN,
                    Verification.UNVERIFIED);
            return new Ending.Complete(meter.limitedBy());
        } catch (TransferException | InterruptedException e) {
            connection.abort();
            requireNotCancelled();
            throw e;
        } catch (IOException e) {
            connection.abort();
            requireNotCancelled();
            throw lost(e);
        }
    }

    @Override
    public void cancel(ErrorCode why) {
        if (cancelled.compareAndSet(null, why)) {
            connection.abort();
            // Standard input may be silent for ever.
            source.close();
        }
    }

    private void requireNotCancelled() throws TransferException {
        ErrorCode why = cancelled.get();
        if (why != null) {
            throw new TransferException(why, source.entry().path().toString(), why.meaning());
        }
    }

    /** The name goes, and {@code ok} comes back; or the connection ends before anything was said, and how. */
    private Optional<TransferException> sendName() throws IOException, TransferException {
        ClassicAnswer answer = ClassicAnswer.toName();
        connection.deadline(timeout, "'ok'");
        try {
            connection.write(ClassicHeader.encode(source.entry().path().name()));
            switch (await(answer)) {
                case ACCEPTED -> connection.clearDeadline();
                case REFUSED -> throw refused(answer);
                case NEED_MORE -> {
                    return Optional.of(new TransferException(
                            ErrorCode.CONNECTION_LOST, connection.peer(), "'ok' expected, but the receiver closed"));
                }
            }
        } catch (ConnectionLostException e) {
            if (answer.end() == Progress.REFUSED) {
                throw refused(answer);
            }
            return Optional.of(e.toTransferException());
        }
        return Optional.empty();
    }

    private Whole sendContent(ByteBuffer buffer, TimeMeter meter)
            throws IOException, TransferException, InterruptedException {
        WholeChecksums checksums = WholeChecksums.begin(withSha256);
        Crc32c crc = new Crc32c();
        connection.silenceLimit(timeout, "the receiver to take the content");
        try {
            while (source.read(buffer) >= 0) {
                meter.spentOn(Bottleneck.SOURCE);
                buffer.flip();
                int length = buffer.remaining();
                checksums.passes(buffer);
                crc.reset();
                checksums.append(crc.update(buffer), length);
                limiter.acquire(length);
                meter.spentOn(Bottleneck.RATE_LIMIT);
                connection.write(buffer);
                meter.spentOn(Bottleneck.NETWORK);
                report.progress().moved(length);
                buffer.clear();
            }
            return checksums.whole();
        } catch (ConnectionLostException e) {
            throw wordsBefore(e);
        }
    }

    /** The receiver may have said why before it went away. */
    private TransferException wordsBefore(ConnectionLostException end) {
        ClassicAnswer answer = ClassicAnswer.toContent();
        connection.deadline(timeout, "the end of the receiver's answer");
        try {
            await(answer);
        } catch (IOException e) {
            // What came before that is the answer.
        }
        return answer.end() == Progress.REFUSED ? refused(answer) : end.toTransferException();
    }

    /** The receiver closes when it has the file; anything that it says instead is a failure. */
    private void awaitClose() throws IOException, TransferException {
        connection.silenceLimit(closeLimit(timeout), "the receiver to close");
        ClassicAnswer answer = ClassicAnswer.toContent();
        if (await(answer) != Progress.NEED_MORE) {
            throw refused(answer);
        }
    }

    /**
     * How long the receiver may take to close. It stores the file meanwhile, which may be minutes of syncing, and the protocol has
     * no word for that; yet one that is dead must be noticed some day.
     */
    static Duration closeLimit(Duration timeout) {
        return timeout.compareTo(SHORTEST_CLOSE_LIMIT) > 0 ? timeout : SHORTEST_CLOSE_LIMIT;
    }

    /** Reads until the answer is there, or the receiver closes. */
    private Progress await(ClassicAnswer answer) throws IOException {
        Progress progress = answer.accept(received);
        while (progress == Progress.NEED_MORE) {
            received.clear();
            int count = connection.read(received);
            received.flip();
            if (count < 0) {
                return answer.end();
            }
            progress = answer.accept(received);
        }
        return progress;
    }

    private TransferException refused(ClassicAnswer answer) {
        if (answer.isExplained()) {
            return new TransferException(ErrorCode.REFUSED, connection.peer(), "refused: " + answer.text());
        }
        return new TransferException(
                        ErrorCode.REFUSED,
                        connection.peer(),
                        "'ok' and then the end expected, got '%s'".formatted(answer.text()))
                .withHint("does something else listen on this port?");
    }

    private TransferException lost(IOException problem) {
        return problem instanceof ConnectionException failed
                ? failed.toTransferException()
                : new TransferException(ErrorCode.CONNECTION_LOST, connection.peer(), "the connection broke", problem);
    }
}
