package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.Direction;
import ferry.event.FileContent;
import ferry.event.Protocol;
import ferry.event.TransferEvent;
import ferry.event.TransferReport;
import ferry.event.Verification;
import ferry.net.BufferPool;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.net.Refusal;
import ferry.wire.ClassicAnswer;
import ferry.wire.ClassicHeader;
import ferry.wire.Limits;
import ferry.wire.TransferId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Receives one file by the classic protocol, section 3 of docs/PROTOCOL.md: its name, {@code ok} to the sender, its bytes,
 * and then both sides close. {@link #run} belongs to the connection's own thread; {@link #stop} may be called from any.
 *
 * <p>An orderly end of the connection is all that says that the file is whole, so a file is placed after nothing else.
 */
final class ClassicReceiver {
    /** A name that dribbles in must come to its end. */
    private static final Duration NAME_LIMIT = Duration.ofSeconds(10);

    /** How long a sender that says nothing keeps a transfer that is to end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Connection connection;
    private final ReceiveServices services;
    private final Entrance entrance;
    private final Window window;
    private final AtomicReference<@Nullable TransferException> stopped = new AtomicReference<>();

    /** Why the file was not taken, for the connection's own thread. */
    private Optional<TransferException> refusal = Optional.empty();

    ClassicReceiver(Connection connection, ReceiveServices services, Entrance entrance) {
        this.connection = connection;
        this.services = services;
        this.entrance = entrance;
        this.window = new Window(services.buffers());
    }

    /**
     * Serves the connection. If it stays open it is for the caller to close, and that says to the sender that all is well.
     *
     * @return the status of the transfer; empty if it came to none, because the peer was refused or left before
     */
    Optional<ExitStatus> run() throws InterruptedException {
        Piece first = window.take(BufferPool.MIN_BYTES);
        boolean isTaken = false;
        Optional<ExitStatus> status = Optional.empty();
        try {
            RelativePath name = readName(first.buffer());
            try (Entrance.Place place = entrance.enter(Visitor.ANYBODY)) {
                Executor disk = place.liveliness().watching(services.disk());
                ClassicFile file = ClassicFile.open(name, services.inboxes(), disk);
                isTaken = true;
                status = Optional.of(receive(file, first, place.liveliness()));
            }
            // Others need not wait until this sender has read why.
            refusal.ifPresent(this::refuse);
        } catch (TransferException e) {
            services.listener()
                    .on(new TransferEvent.Notice("%s: refused: %s".formatted(connection.peer(), e.getMessage())));
            refuse(e);
        } catch (IOException e) {
            // Nobody we know of has left.
            connection.abort();
        } finally {
            if (!isTaken) {
                first.release();
            }
        }
        return status;
    }

    /** Ends the transfer for this reason when the next bytes arrive, which the sender is told, or soon. */
    void stop(TransferException reason) {
        stopped.compareAndSet(null, reason);
        connection.deadline(LAST_WORDS, "the file's next bytes");
    }

    /** Reads up to the end of the name; what the buffer holds then is content. */
    private RelativePath readName(ByteBuffer buffer) throws IOException, TransferException {
        ClassicHeader header = new ClassicHeader();
        connection.deadline(NAME_LIMIT, "the end of the file's name");
        ClassicHeader.Progress progress = ClassicHeader.Progress.NEED_MORE;
        while (progress == ClassicHeader.Progress.NEED_MORE
                && connection.read(buffer.clear(), Limits.CLASSIC_NAME_SILENCE) > 0) {
            progress = header.accept(buffer.flip());
        }
        if (progress == ClassicHeader.Progress.NEED_MORE) {
            buffer.flip();
        }
        connection.clearDeadline();
        return header.name();
    }

    private ExitStatus receive(ClassicFile file, Piece first, Liveliness liveliness) throws InterruptedException {
        TransferReport report = new TransferReport(
                TransferId.random().toString(),
                connection.peer(),
                Protocol.CLASSIC,
                Direction.INCOMING,
                services.listener());
        report.started(Optional.empty());
        report.progress().found(file.entry());
        report.progress().allFound();
        try (file) {
            accept(file, first);
            takeContent(file, first, report, liveliness);
            ClassicFile.Stored stored = file.complete();
            report.completed(
                    file.entry(),
                    stored.placement().path(),
                    FileContent.of(stored.size(), stored.crc())
                            .with(stored.placement().sha256()),
                    stored.placement().outcome(),
                    stored.placement().durability(),
                    Verification.UNVERIFIED);
            return report.finished(window.limitedBy());
        } catch (TransferException e) {
            refusal = Optional.of(e);
            if (e.equals(stopped.get())) {
                return report.stopped(e, window.limitedBy());
            }
            report.failed(file.entry(), e.code(), e.why());
            return report.finished(window.limitedBy());
        } catch (IOException e) {
            connection.abort();
            return report.stopped(lost(e), window.limitedBy());
        }
    }

    private void accept(ClassicFile file, Piece first) throws IOException, TransferException, InterruptedException {
        boolean accepted = false;
        try {
            file.admit();
            connection.silenceLimit(services.timeout(), "the file's next bytes");
            connection.write(ClassicAnswer.ok());
            accepted = true;
        } finally {
            if (!accepted) {
                first.release();
            }
        }
    }

    /** Takes everything up to the end. */
    private void takeContent(ClassicFile file, Piece first, TransferReport report, Liveliness liveliness)
            throws IOException, TransferException, InterruptedException {
        report.progress().moved(first.buffer().remaining());
        file.append(first);
        while (true) {
            requireNotStopped();
            Piece piece = window.take(BufferPool.MAX_BYTES);
            int count = fill(piece);
            if (count < 0) {
                return;
            }
            report.progress().moved(count);
            liveliness.moved(count);
            file.append(piece);
        }
    }

    /** Reads what there is room for; at the end, or if that fails, the piece is given back. */
    private int fill(Piece piece) throws IOException {
        int count = -1;
        try {
            count = connection.read(piece.buffer());
            window.delivered(piece, count);
            piece.buffer().flip();
            return count;
        } finally {
            if (count < 0) {
                piece.release();
            }
        }
    }

    private void requireNotStopped() throws TransferException {
        TransferException reason = stopped.get();
        if (reason != null) {
            throw reason;
        }
    }

    private void refuse(TransferException reason) {
        Refusal.refuse(connection, ClassicAnswer.refusal(String.valueOf(reason.getMessage())));
    }

    /** Why the connection ended in the middle; if this side ended it, its own reason. */
    private TransferException lost(IOException problem) {
        TransferException reason = stopped.get();
        if (reason != null) {
            return reason;
        }
        return problem instanceof ConnectionException failed
                ? failed.toTransferException()
                : new TransferException(
                        ErrorCode.CONNECTION_LOST, connection.peer(), "the connection was closed", problem);
    }
}
