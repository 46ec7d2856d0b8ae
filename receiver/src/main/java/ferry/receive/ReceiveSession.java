package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.Direction;
import ferry.event.Encryption;
import ferry.event.Protocol;
import ferry.event.TransferEvent;
import ferry.event.TransferReport;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.net.Refusal;
import ferry.net.Security;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameWriter;
import ferry.wire.Limits;
import ferry.wire.Reason;
import ferry.wire.Side;
import ferry.wire.Token;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks the Ferry protocol, from its preface to its close (docs/PROTOCOL.md, section 6).
 *
 * <p>{@link #run} belongs to the connection's own thread, which reads; {@link #stop} may be called from any.
 */
final class ReceiveSession {
    /** How many entries a sender may have in flight: enough that small files never wait for the round trip. */
    static final int CREDIT = 8192;

    /** How many bytes their offers may have: enough for names as they are, and not for 8192 of the longest. */
    static final int CREDIT_BYTES = 1 << 20;

    /**
     * How long a sender may take, however busy it keeps us.
     *
     * @param hello for the preface and HELLO, and the proof of a code
     * @param lastWords to read why it was refused
     * @param leave to close after FINISHED
     */
    record Patience(Duration hello, Duration lastWords, Duration leave) {
        static final Patience DEFAULT = new Patience(Limits.HELLO, Duration.ofSeconds(2), Duration.ofSeconds(10));

        /** The same with another limit up to HELLO. */
        Patience withHello(Duration limit) {
            return new Patience(limit, lastWords, leave);
        }
    }

    private final Connection connection;
    private final ReceiveServices services;
    private final Entrance entrance;
    private final Patience patience;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final FrameRelay relay;
    private final Outbox outbox;
    /** Why the transfer was ended on our side, for the connection's own thread. */
    private Optional<TransferException> refusal = Optional.empty();

    private final AtomicReference<@Nullable IncomingTransfer> transfer = new AtomicReference<>();
    private final AtomicReference<@Nullable TransferException> stopped = new AtomicReference<>();

    ReceiveSession(Connection connection, ReceiveServices services, Entrance entrance, Patience patience) {
        this.connection = connection;
        this.services = services;
        this.entrance = entrance;
        this.patience = patience;
        this.relay = new FrameRelay(services.listener());
        this.reader = new FrameReader(connection, Side.SENDER, relay.trace());
        this.writer = new FrameWriter(connection, FrameWriter.SMALL_BATCH, relay.trace());
        this.outbox = new Outbox(writer, keepAlive(Limits.SILENCE_BEFORE_KNOWN), new OutboxEnding());
    }

    /**
     * Serves the connection; it is closed afterwards.
     *
     * @return how the transfer ended; empty if it came to none, because the peer was refused or left before
     */
    Optional<TransferEnd> run() {
        outbox.start();
        try {
            Handshake handshake = new Handshake(connection, reader, outbox, services);
            return switch (handshake.await(patience.hello())) {
                case Handshake.Admitted sender -> Optional.of(receive(sender));
                case Handshake.Joining stream -> {
                    entrance.join();
                    new StreamReceiver(connection, reader, outbox).run(stream, services.timeout());
                    yield Optional.empty();
                }
            };
        } catch (TransferException e) {
            refuse(e);
            return Optional.empty();
        } catch (IOException e) {
            // Nobody we know of has left.
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            connection.abort();
            return Optional.empty();
        } finally {
            outbox.close(Duration.ZERO);
        }
    }

    /** Ends the transfer for this reason; if there is none yet, as soon as there is. */
    void stop(TransferException reason) {
        stopped.compareAndSet(null, reason);
        stopIfAsked();
    }

    /** Whoever comes second, the transfer or the wish to stop it, sees both. */
    private void stopIfAsked() {
        IncomingTransfer running = transfer.get();
        TransferException reason = stopped.get();
        if (running != null && reason != null) {
            running.stop(reason);
        }
    }

    /** The reader may be waiting for a sender that says nothing and does not close: it waits no longer than this. */
    private void leaveSoon() {
        connection.deadline(patience.lastWords(), "the sender to close");
    }

    private final class OutboxEnding implements Outbox.Ending {
        @Override
        public void aborted() {
            try {
                connection.shutdownOutput();
            } catch (IOException e) {
                // The sender has left already.
            }
        }

        @Override
        public void broken() {
            connection.abort();
        }
    }

    private TransferEnd receive(Handshake.Admitted sender) throws TransferException, InterruptedException {
        Visitor visitor = Visitor.of(sender.grant(), sender.hello());
        TransferEnd end;
        try (Entrance.Place place = entrance.enter(visitor)) {
            end = receive(sender, open(visitor, place.liveliness()), place.liveliness());
        }
        // Others need not wait until this sender has read why.
        refusal.ifPresent(this::refuse);
        return end;
    }

    private Inbox open(Visitor visitor, Liveliness liveliness) throws TransferException {
        liveliness.begin();
        try {
            return services.disk().call(() -> services.inboxes().open(visitor));
        } finally {
            liveliness.end();
        }
    }

    private TransferEnd receive(Handshake.Admitted sender, Inbox inbox, Liveliness liveliness) {
        Frame.Hello hello = sender.hello();
        Grant grant = sender.grant();
        TransferReport report = new TransferReport(
                hello.transfer().toString(),
                connection.peer(),
                Protocol.FERRY,
                Direction.INCOMING,
                services.listener());
        relay.belongsTo(report.transfer());
        Intake intake = new Intake(
                new Window(services.buffers()),
                services.access().limiter(grant),
                report.progress(),
                liveliness,
                services.decoders(),
                services.disk().shortcut());
        IncomingTransfer running =
                new IncomingTransfer(inbox, services.disk(), outbox, report, intake, liveliness, this::leaveSoon);
        report.started(encryption());
        grant.directory()
                .ifPresent(part -> services.listener()
                        .on(new TransferEvent.Notice(
                                "%s: what it sends goes to %s/".formatted(connection.peer(), part))));
        outbox.keepAlive(keepAlive(hello.silenceLimit()));
        Optional<LiveTransfer> joinable = joinable(sender, running);
        outbox.add(welcome(sender, inbox, running.credit(), joinable));
        if ((hello.features() & Features.ZSTD) != 0) {
            reader.takeZstd();
        }
        transfer.set(running);
        connection.silenceLimit(services.timeout(), "the sender's next frame");
        reader.requireProgress(services.timeout());
        stopIfAsked();
        Optional<TransferException> failure = transferAll(running);
        joinable.ifPresent(live -> {
            services.live().close(live);
            live.close();
        });
        running.end();
        Bottleneck limitedBy = running.limitedBy();
        return failure.isPresent()
                ? new TransferEnd(report.stopped(failure.get(), limitedBy), how(failure.get()))
                : new TransferEnd(report.finished(limitedBy), TransferEnd.How.FINISHED);
    }

    /** Senders come back by themselves after what may be better the next time. */
    private static TransferEnd.How how(TransferException failure) {
        return failure.code().retryable() ? TransferEnd.How.LOST : TransferEnd.How.BROKEN_OFF;
    }

    private Optional<Encryption> encryption() {
        return switch (connection.security()) {
            case Security.None _ -> Optional.empty();
            case Security.Tls channel ->
                Optional.of(new Encryption(channel.description(), channel.peer().toString()));
        };
    }

    /** The transfer for further streams, if the sender may want some; to be closed before the transfer is ended. */
    private Optional<LiveTransfer> joinable(Handshake.Admitted sender, IncomingTransfer running) {
        if ((sender.hello().features() & Features.STREAMS) == 0) {
            return Optional.empty();
        }
        LiveTransfer live = new LiveTransfer(
                sender.hello(),
                sender.version(),
                connection.security(),
                running,
                () -> running.contentOfFurtherStream(services.buffers()));
        return services.live().open(live) ? Optional.of(live) : Optional.empty();
    }

    private Frame.Welcome welcome(Handshake.Admitted sender, Inbox inbox, int credit, Optional<LiveTransfer> joinable) {
        long features = Features.choose(sender.hello().features(), inbox.placing());
        return new Frame.Welcome(
                sender.version(),
                joinable.isPresent() ? features : features & ~Features.STREAMS,
                credit,
                CREDIT_BYTES,
                Limits.statedSilence(services.timeout()),
                sender.grant().smaller(services.maxFileSize()),
                sender.grant().smaller(services.maxTransferSize()),
                inbox.freeSpace(),
                joinable.map(LiveTransfer::secret).orElse(Token.NONE),
                services.agent());
    }

    /** Takes frames until the end. The one place that tells apart whose fault an early end is; empty if there was none. */
    private Optional<TransferException> transferAll(IncomingTransfer running) {
        try {
            takeFrames(running);
            return Optional.empty();
        } catch (TransferException e) {
            if (e.getCause() instanceof EOFException && running.isFinished()) {
                return Optional.empty();
            }
            refuseSoon(e);
            return Optional.of(running.fault().orElseGet(() -> blamed(e)));
        } catch (IOException e) {
            if (running.isFinished()) {
                return Optional.empty();
            }
            connection.abort();
            return Optional.of(running.fault().orElseGet(() -> lost(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            connection.abort();
            return Optional.of(new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "it was interrupted", e));
        } catch (Throwable e) { // Whatever it is, the transfer's files must be let go of.
            TransferException fault = new TransferException(ErrorCode.INTERNAL, "receiver", e.toString(), e);
            refuseSoon(fault);
            return Optional.of(fault);
        }
    }

    /** Says why at once, and leaves it for later to see to it that the sender can read it. */
    private void refuseSoon(TransferException reason) {
        if (reason.code() != ErrorCode.NOT_FERRY) {
            outbox.abort(Reason.of(reason));
        }
        refusal = Optional.of(reason);
    }

    private void takeFrames(IncomingTransfer running) throws IOException, TransferException, InterruptedException {
        boolean leaving = false;
        while (true) {
            if (!reader.hasBuffered()) {
                running.awaitingInput();
            }
            Frame frame = reader.next();
            if (running.isFinished() && frame instanceof Frame.Abort) {
                // All was answered; how the sender leaves is its own affair.
                return;
            }
            if (running.isFinished() && !leaving) {
                leaving = true;
                // However lively the sender is, all it has left to do is to go.
                connection.deadline(patience.leave(), "the sender to close");
            }
            running.handle(frame, reader);
        }
    }

    /** Wherever a connection ends too early, it is lost: a sender that dies does not wait for the end of a frame. */
    private TransferException blamed(TransferException problem) {
        return problem.getCause() instanceof EOFException
                ? new TransferException(ErrorCode.CONNECTION_LOST, connection.peer(), problem.why(), problem)
                : problem;
    }

    private TransferException lost(IOException problem) {
        return switch (problem) {
            case ConnectionException e -> e.toTransferException();
            case EOFException _ ->
                new TransferException(
                        ErrorCode.CONNECTION_LOST, connection.peer(), "the sender left before the end", problem);
            default -> new TransferException(ErrorCode.CONNECTION_LOST, connection.peer(), problem.toString(), problem);
        };
    }

    /** Says why, and sees to it that the sender can read it. */
    private void refuse(TransferException reason) {
        if (reason.code() == ErrorCode.NOT_FERRY) {
            connection.abort();
            return;
        }
        outbox.abort(Reason.of(reason));
        outbox.close(patience.lastWords());
        Refusal.closeAfterReason(connection);
    }

    /** How soon a KEEPALIVE follows, to a peer that gives up after so long. */
    static Duration keepAlive(Duration silenceLimit) {
        return silenceLimit.dividedBy(4);
    }
}
