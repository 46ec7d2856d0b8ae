package ferry.receive;

import ferry.cli.Version;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.Acceptor;
import ferry.net.BufferPool;
import ferry.net.Endpoint;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One run of {@code receive}: opens the folder or the output, listens, and ends after one transfer or when it is stopped. One
 * thread runs it; any may stop it.
 */
final class Receiver {
    /** Half of the direct memory that the launcher gives; beyond it every connection still gets small buffers. */
    private static final long BUFFER_BYTES = 128L << 20;

    /** After the only transfer: for its connection to close, and for those that were refused to hear it. */
    private static final Duration LEAVING = Duration.ofSeconds(5);

    /** For aborted transfers to tell their senders, and to clean up. */
    private static final Duration ABORTING = Duration.ofSeconds(3);

    /** After transfers were aborted: for the disk, which may be stuck. */
    private static final Duration LAST_STEPS = Duration.ofSeconds(1);

    private final ReceiveRequest request;
    private final WritableByteChannel standardOutput;
    private final TransferListener listener;

    /** The status of the signal that stops the receiver. */
    private final CompletableFuture<ExitStatus> stopped = new CompletableFuture<>();

    /** The status of the first transfer that ended. */
    private final CompletableFuture<ExitStatus> transferred = new CompletableFuture<>();

    /** @param standardOutput used only if the request says so, and not closed */
    Receiver(ReceiveRequest request, WritableByteChannel standardOutput, TransferListener listener) {
        this.request = request;
        this.standardOutput = standardOutput;
        this.listener = listener;
    }

    /**
     * Does what was asked; once.
     *
     * @return for a single transfer, its status; else DONE when all transfers were let finish, or the signal's status
     * @throws TransferException if the folder cannot be used, or the receiver cannot listen
     */
    ExitStatus run() throws TransferException, InterruptedException {
        return switch (request.destination()) {
            case ReceiveRequest.Destination.Folder folder -> {
                StorageOptions options =
                        new StorageOptions(folder.onConflict(), folder.sync(), request.maxSize(), request.maxSize());
                try (ReceiveFolder open = ReceiveFolder.open(folder.directory(), options)) {
                    yield receiveInto(open);
                }
            }
            case ReceiveRequest.Destination.StandardOutput _ ->
                receiveInto(() -> new StdoutInbox(standardOutput, request.maxSize(), request.maxSize()));
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

    private ExitStatus receiveInto(InboxFactory inboxes) throws TransferException, InterruptedException {
        try (DiskPool disk = DiskPool.open(DiskPool.THREADS, Receiver::tellFault)) {
            Reception reception = new Reception(services(inboxes, disk), request.lifetime(), transferred::complete);
            try (Acceptor acceptor = Acceptor.open(
                    request.endpoints(),
                    request.accept(),
                    reception,
                    new Overflow(listener),
                    new AcceptNotices(listener, Receiver::tellFault))) {
                acceptor.endpoints().forEach(this::tellListening);
                awaitEnd();
                acceptor.stopAccepting();
                reception.close();
                Optional<ExitStatus> drained = drain(acceptor, reception);
                if (drained.isEmpty()) {
                    disk.patience(LAST_STEPS);
                }
                return drained.orElseGet(() -> stopped.getNow(ExitStatus.INTERRUPTED));
            }
        }
    }

    private ReceiveServices services(InboxFactory inboxes, DiskPool disk) {
        long maxSize = request.maxSize().orElse(Long.MAX_VALUE);
        return new ReceiveServices(
                inboxes,
                disk,
                new BufferPool(BUFFER_BYTES),
                request.timeout(),
                maxSize,
                maxSize,
                Version.agent(),
                listener);
    }

    private void tellListening(Endpoint endpoint) {
        OptionalInt port = switch (endpoint) {
            case Endpoint.Tcp tcp -> OptionalInt.of(tcp.port());
            case Endpoint.Unix _ -> OptionalInt.empty();
        };
        listener.on(new TransferEvent.Listening(
                endpoint.toString(),
                port,
                SendLine.to(endpoint, ThisMachine::address),
                Optional.empty(),
                Optional.empty()));
    }

    private void awaitEnd() throws InterruptedException {
        CompletableFuture<?> end = switch (request.lifetime()) {
            case UNTIL_STOPPED -> stopped;
            case ONE_TRANSFER -> CompletableFuture.anyOf(stopped, transferred);
        };
        try {
            end.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody ends a run with an exception", e);
        }
    }

    /** Lets transfers finish that are running, and aborts those that do not within the grace time; empty if there were any. */
    private Optional<ExitStatus> drain(Acceptor acceptor, Reception reception) throws InterruptedException {
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
    private ExitStatus drained() {
        return switch (request.lifetime()) {
            case UNTIL_STOPPED -> ExitStatus.DONE;
            case ONE_TRANSFER ->
                Optional.ofNullable(transferred.getNow(null)).orElseGet(() -> stopped.getNow(ExitStatus.INTERRUPTED));
        };
    }

    /** What nobody foresaw ends where the exceptions of all threads end. */
    private static void tellFault(Thread thread, Throwable fault) {
        ThreadGroup group = thread.getThreadGroup();
        if (group != null) {
            group.uncaughtException(thread, fault);
        }
    }
}
