package ferry.send;

import ferry.entry.Crc32c;
import ferry.entry.Durability;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.TransferReport;
import ferry.event.Verification;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.net.ConnectionLostException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends one file by the classic protocol, section 3 of docs/PROTOCOL.md: its name, {@code ok} from the receiver, its
 * bytes, and then both sides close. One thread runs it; any may cancel.
 *
 * <p>The end of the connection is all that tells the receiver that the file is whole. So whatever goes wrong on this side
 * ends in a reset and never in a proper close. On a Unix socket a receiver may not see the difference.
 */
final class ClassicSender implements TransferSession {
    /** Large enough that the cost is in the bytes and not in the calls. */
    private static final int BUFFER_BYTES = 256 << 10;

    private static final String OK = "ok";
    private static final String REFUSAL = "error:";
    private static final int MAX_REFUSAL_BYTES = 1024;

    private final Connection connection;
    private final ClassicSource source;
    private final Duration timeout;
    private final RateLimiter limiter;
    private final TransferReport report;
    private final AtomicReference<@Nullable ErrorCode> cancelled = new AtomicReference<>();

    ClassicSender(
            Connection connection, ClassicSource source, Duration timeout, RateLimiter limiter, TransferReport report) {
        this.connection = connection;
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
            Crc32c crc = sendContent(buffer, meter);
            source.requireUnchanged();
            connection.shutdownOutput();
            awaitClose();
            meter.spentOn(Bottleneck.PEER);
            report.completed(
                    source.entry(),
                    source.entry().path(),
                    crc.length(),
                    OptionalInt.of(crc.value()),
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
        ByteBuffer answer = ByteBuffer.allocate(MAX_REFUSAL_BYTES);
        try {
            connection.deadline(timeout, "'ok'");
            connection.write(ByteBuffer.wrap(source.entry().path().utf8()));
            while (answer.position() < OK.length() && connection.read(answer) >= 0) {
                // More than two bytes may come: then they are a refusal, or too many.
            }
        } catch (ConnectionLostException e) {
            if (answer.position() == 0) {
                return Optional.of(e.toTransferException());
            }
            throw e;
        }
        String text = text(answer);
        if (text.isEmpty()) {
            return Optional.of(new TransferException(
                    ErrorCode.CONNECTION_LOST, connection.peer(), "'ok' expected, but the receiver closed"));
        }
        if (!text.equals(OK)) {
            throw refused(answer);
        }
        connection.clearDeadline();
        return Optional.empty();
    }

    private Crc32c sendContent(ByteBuffer buffer, TimeMeter meter)
            throws IOException, TransferException, InterruptedException {
        Crc32c crc = new Crc32c();
        connection.silenceLimit(timeout, "the receiver to take the content");
        try {
            while (source.read(buffer) >= 0) {
                meter.spentOn(Bottleneck.SOURCE);
                buffer.flip();
                crc.update(buffer);
                int length = buffer.remaining();
                limiter.acquire(length);
                meter.spentOn(Bottleneck.RATE_LIMIT);
                connection.write(buffer);
                meter.spentOn(Bottleneck.NETWORK);
                report.progress().moved(length);
                buffer.clear();
            }
            return crc;
        } catch (ConnectionLostException e) {
            // The receiver may have said why before it went away.
            ByteBuffer answer = ByteBuffer.allocate(MAX_REFUSAL_BYTES);
            if (readAll(answer) > 0) {
                throw refused(answer);
            }
            throw e;
        }
    }

    /** The receiver closes when it has the file; anything that it says instead is a failure. */
    private void awaitClose() throws IOException, TransferException {
        connection.silenceLimit(timeout, "the receiver to close");
        ByteBuffer answer = ByteBuffer.allocate(MAX_REFUSAL_BYTES);
        if (connection.read(answer) >= 0) {
            throw refused(answer);
        }
    }

    /** What the receiver said in place of what it should, up to the end of the line. */
    private TransferException refused(ByteBuffer answer) {
        readAll(answer);
        String text = text(answer);
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        if (line.startsWith(REFUSAL)) {
            return new TransferException(
                    ErrorCode.REFUSED,
                    connection.peer(),
                    "refused: " + line.substring(REFUSAL.length()).strip());
        }
        return new TransferException(
                        ErrorCode.REFUSED,
                        connection.peer(),
                        "'ok' and then the end expected, got '%s'".formatted(line))
                .withHint("does something else listen on this port?");
    }

    /** Reads until the line, the room or the connection ends, however it ends; how many bytes there are now. */
    private int readAll(ByteBuffer answer) {
        try {
            connection.deadline(timeout, "the end of the receiver's answer");
            while (answer.hasRemaining() && text(answer).indexOf('\n') < 0 && connection.read(answer) >= 0) {
                // Again, until there is no more.
            }
        } catch (IOException e) {
            // What came before that is the answer.
        }
        return answer.position();
    }

    private static String text(ByteBuffer answer) {
        return StandardCharsets.UTF_8.decode(answer.duplicate().flip()).toString();
    }

    private TransferException lost(IOException problem) {
        return problem instanceof ConnectionException failed
                ? failed.toTransferException()
                : new TransferException(ErrorCode.CONNECTION_LOST, connection.peer(), "the connection broke", problem);
    }
}
