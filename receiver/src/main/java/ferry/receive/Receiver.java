package ferry.receive;

import ferry.cli.Version;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.Acceptor;
import ferry.net.BufferPool;
import ferry.net.Places;
import ferry.wire.Limits;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code receive}: opens the folder or the output, listens, and ends after one transfer or when it is stopped. One
 * thread runs it; any may stop it.
 */
final class Receiver {
    /** Half of the direct memory that the launcher gives; beyond it every connection still gets small buffers. */
    private static final long BUFFER_BYTES = 128L << 20;

    /** After the only transfer: for its connection to close, and for those that were refused to hear it. */
    private static final Duration LEAVING = Duration.ofSeconds(5);

    /** While the last transfer runs: how soon a signal is heeded. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    /** For aborted transfers to tell their senders, and to clean up. */
    private static final Duration ABORTING = Duration.ofSeconds(3);

    /** After transfers were aborted: for the disk, which may be stuck. */
    private static final Duration LAST_STEPS = Duration.ofSeconds(1);

    /** The sender of a single transfer that broke off may come back for so many times the silence that we bear. */
    private static final int ABSENCE_TIMEOUTS = 10;

    private static final Duration LONGEST_ABSENCE = Duration.ofHours(1);

    private final ReceiveRequest request;
    private final PreparedAccess access;
    private final ReceiveRequest.Lifetime lifetime;
    private final WritableByteChannel standardOutput;
    private final TransferListener listener;

    /** The status of the signal that stops the receiver. */
    private final CompletableFuture<ExitStatus> stopped = new CompletableFuture<>();

    /** The status of the transfer that ends the run. */
    private final CompletableFuture<ExitStatus> transferred = new CompletableFuture<>();

    /** The status of the last transfer that broke off. */
    private final AtomicReference<@Nullable ExitStatus> brokenOff = new AtomicReference<>();

    /** @param standardOutput used only if the request says so, and not closed */
    Receiver(
            ReceiveRequest request,
            PreparedAccess access,
            WritableByteChannel standardOutput,
            TransferListener listener) {
        this.request = request;
        this.access = access;
        this.lifetime = lifetime(request, access);
        this.standardOutput = standardOutput;
        this.listener = listener;
    }

    /**
     * Does what was asked; once.
     *
     * @return for a single transfer, its status, or that of the last attempt at it; else DONE when all transfers were let finish, or
     *     the signal's status
     * @throws TransferException if the folder cannot be used, or the receiver cannot listen; ACCESS_DENIED if the code has
     *     expired before a transfer came with it
     */
    ExitStatus run() throws TransferException, InterruptedException {
        return switch (request.destination()) {
            case ReceiveRequest.Destination.Folder folder -> {
                StorageOptions options = new StorageOptions(
                        folder.onConflict(),
                        folder.sync(),
                        request.maxSize(),
                        request.maxSize(),
                        ReadOnlyNames.NONE,
                        folder.sha256());
                try (ReceiveFolder open = ReceiveFolder.open(folder.directory(), options, folder.staging());
                        Sweeper _ = Sweeper.start(open::sweep)) {
                    yield receiveInto(open, open::leave);
                }
            }
            case ReceiveRequest.Destination.StandardOutput _ ->
                receiveInto(visitor -> standardOutput(visitor.grant()), () -> {});
        };
    }

    /**
     * Ends the run soon and politely, from any thread and without blocking.
     *
     * @param signal INTERRUPTED or TERMINATED
     */
    void stop(ExitStatus signal) {
        stopped.complete(signal);
    }

    private Inbox standardOutput(Grant grant) {
        OptionalLong maxSize = grant.smaller(request.maxSize());
        return grant.guarding(new StdoutInbox(standardOutput, maxSize, maxSize));
    }

    /** @param leave is run if at the end threads may still write */
    private ExitStatus receiveInto(InboxFactory inboxes, Runnable leave)
            throws TransferException, InterruptedException {
        DiskPool disk = DiskPool.open(DiskPool.THREADS, Receiver::tellFault);
        try (disk) {
            return receiveInto(inboxes, disk);
        } finally {
            if (!disk.isQuiet()) {
                leave.run();
            }
        }
    }

    private ExitStatus receiveInto(InboxFactory inboxes, DiskPool disk) throws TransferException, InterruptedException {
        try (Decoders decoders = new Decoders()) {
            return receive(services(inboxes, disk, decoders), disk);
        }
    }

    private ExitStatus receive(ReceiveServices services, DiskPool disk) throws TransferException, InterruptedException {
        Places places = Places.of(request.accept());
        AcceptNotices notices = new AcceptNotices(listener, Receiver::tellFault);
        Takeover takeover = new Takeover(Limits.statedSilence(request.timeout()), Takeover.LONGEST_WAIT);
        Reception reception = new Reception(services, lifetime, places, takeover, notices::crowded, new Ends());
        try (Acceptor acceptor =
                Acceptor.open(request.endpoints(), request.accept().backlog(), places, reception, notices)) {
            new StartMessages(listener, access).tell(acceptor.endpoints());
            boolean isExpired = !awaitEnd();
            acceptor.stopAccepting();
            reception.close();
            if (isExpired) {
                awaitLastTransfer(acceptor, reception);
            }
            Optional<ExitStatus> drained = drain(acceptor, reception);
            if (drained.isEmpty()) {
                disk.patience(LAST_STEPS);
            }
            return drained.orElseGet(() -> stopped.getNow(ExitStatus.INTERRUPTED));
        }
    }

    private ReceiveServices services(InboxFactory inboxes, DiskPool disk, Decoders decoders) {
        long maxSize = request.maxSize().orElse(Long.MAX_VALUE);
        return new ReceiveServices(
                inboxes,
                disk,
                new BufferPool(BUFFER_BYTES),
                request.timeout(),
                maxSize,
                maxSize,
                Version.agent(),
                listener,
                access.access(),
                new LiveTransfers(),
                decoders);
    }

    /** A code for one transfer is good until that has come to its end; what was written to a pipe cannot be taken back. */
    private static ReceiveRequest.Lifetime lifetime(ReceiveRequest request, PreparedAccess access) {
        if (request.destination() instanceof ReceiveRequest.Destination.StandardOutput) {
            return ReceiveRequest.Lifetime.ONE_ATTEMPT;
        }
        boolean isForOne = access.code()
                .filter(code -> code.use() == SharedCode.Use.ONE_TRANSFER)
                .isPresent();
        return isForOne ? ReceiveRequest.Lifetime.UNTIL_FINISHED : request.lifetime();
    }

    /** Hears how the only transfer ends. */
    private final class Ends implements Reception.Listener {
        @Override
        public void ended(ExitStatus status) {
            transferred.complete(status);
        }

        @Override
        public void brokenOff(ExitStatus status, BooleanSupplier giveUp) {
            brokenOff.set(status);
            if (lifetime == ReceiveRequest.Lifetime.ONE_TRANSFER) {
                Duration patience = patience();
                listener.on(new TransferEvent.Notice("the transfer broke off; up to %d s for its sender to come back"
                        .formatted(patience.toSeconds())));
                CompletableFuture.delayedExecutor(patience.toNanos(), TimeUnit.NANOSECONDS)
                        .execute(() -> {
                            if (giveUp.getAsBoolean()) {
                                transferred.complete(status);
                            }
                        });
            }
        }

        private Duration patience() {
            Duration timeouts = request.timeout().multipliedBy(ABSENCE_TIMEOUTS);
            return timeouts.compareTo(LONGEST_ABSENCE) > 0 ? LONGEST_ABSENCE : timeouts;
        }
    }

    /** Whether the run ends because of a signal or a transfer; false if the code has expired. */
    private boolean awaitEnd() throws InterruptedException {
        CompletableFuture<?> end = switch (lifetime) {
            case UNTIL_STOPPED -> stopped;
            case ONE_ATTEMPT, ONE_TRANSFER, UNTIL_FINISHED -> CompletableFuture.anyOf(stopped, transferred);
        };
        try {
            Optional<Duration> expires = access.code()
                    .filter(code -> code.use() == SharedCode.Use.ONE_TRANSFER)
                    .map(PreparedAccess.Code::expires);
            if (expires.isPresent()) {
                end.get(expires.get().toNanos(), TimeUnit.NANOSECONDS);
            } else {
                end.get();
            }
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody ends a run with an exception", e);
        }
    }

    /** A transfer that has begun before its code expired may come to its end. */
    private void awaitLastTransfer(Acceptor acceptor, Reception reception) throws InterruptedException {
        while (reception.running() > 0 && !stopped.isDone()) {
            acceptor.awaitIdle(LOOK_AGAIN);
        }
    }

    /** Lets transfers finish that are running, and aborts those that do not within the grace time; empty if there were any. */
    private Optional<ExitStatus> drain(Acceptor acceptor, Reception reception)
            throws TransferException, InterruptedException {
        int running = reception.running();
        boolean isStopping = stopped.isDone();
        if (isStopping && running > 0) {
            listener.on(new TransferEvent.Notice("stopping; up to %d s for %d running %s, a second signal stops at once"
                    .formatted(
                            request.grace().plusMillis(999).toSeconds(),
                            running,
                            running == 1 ? "transfer" : "transfers")));
        }
        if (acceptor.awaitIdle(isStopping ? request.grace() : LEAVING) || reception.running() == 0) {
            return Optional.of(drained());
        }
        reception.stopTransfers(new TransferException(
                ErrorCode.SHUTTING_DOWN, "receiver", "it was stopped before the transfer was complete"));
        acceptor.awaitIdle(ABORTING);
        return Optional.empty();
    }

    /** Everything that had begun came to its end. */
    private ExitStatus drained() throws TransferException {
        return switch (lifetime) {
            case UNTIL_STOPPED -> ExitStatus.DONE;
            case ONE_ATTEMPT, ONE_TRANSFER, UNTIL_FINISHED -> ofSingleTransfer();
        };
    }

    private ExitStatus ofSingleTransfer() throws TransferException {
        ExitStatus status = transferred.getNow(stopped.getNow(brokenOff.get()));
        if (status == null) {
            throw new TransferException(
                            ErrorCode.ACCESS_DENIED, "code", "it has expired, and no transfer was received with it")
                    .withHint("receive --code --expires 48h");
        }
        return status;
    }

    /** What nobody foresaw ends where the exceptions of all threads end. */
    private static void tellFault(Thread thread, Throwable fault) {
        ThreadGroup group = thread.getThreadGroup();
        if (group != null) {
            group.uncaughtException(thread, fault);
        }
    }
}
