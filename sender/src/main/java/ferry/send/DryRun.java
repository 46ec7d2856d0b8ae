package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.StatusTally;
import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.Direction;
import ferry.event.Protocol;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.event.TransferProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells what would be sent instead of sending it; used by one thread. The status is what a transfer would come to in which
 * the receiver accepts everything.
 */
final class DryRun implements ScanConsumer {
    private final SendRequest request;
    private final String transfer;
    private final TransferListener listener;
    private final Supplier<Optional<ErrorCode>> cancelled;
    private final TransferProgress progress = new TransferProgress();
    private final StatusTally tally = new StatusTally();

    /**
     * @param transfer the transfer's id
     * @param cancelled asked before each entry
     */
    DryRun(SendRequest request, String transfer, TransferListener listener, Supplier<Optional<ErrorCode>> cancelled) {
        this.request = request;
        this.transfer = transfer;
        this.listener = listener;
        this.cancelled = cancelled;
    }

    ExitStatus run(SourceCheck sources, Protocol protocol) {
        String peer = request.target().toString();
        long begin = System.nanoTime();
        listener.on(
                new TransferEvent.Started(transfer, peer, protocol, Direction.OUTGOING, Optional.empty(), progress));
        for (SourceCheck.Failure failure : sources.failures()) {
            failed(failure.source(), failure.cause());
        }
        new TreeScanner(request.filter(), request.links(), this).scan(sources.roots());
        ExitStatus status = cancelled.get().map(this::stopped).orElse(tally.status());
        Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
        listener.on(new TransferEvent.Finished(transfer, peer, progress.totals(), elapsed, status, Bottleneck.NONE));
        return status;
    }

    private ExitStatus stopped(ErrorCode why) {
        TransferException reason = new TransferException(why, "dry run", why.meaning());
        listener.on(TransferEvent.Stopped.transfer(transfer, reason));
        return why.exitStatus();
    }

    @Override
    public void found(SourceEntry entry) {
        tally.succeeded();
        listener.on(new TransferEvent.Found(transfer, entry.entry()));
    }

    @Override
    public void failed(String path, TransferException cause) {
        tally.failed(cause.code());
        progress.failedBeforeOffer();
        listener.on(new TransferEvent.Failed(transfer, path, cause.code(), cause.why()));
    }

    @Override
    public void leftOut(String path, String why) {
        listener.on(new TransferEvent.Warning(path + ": left out: " + why));
    }

    @Override
    public boolean isClosed() {
        return cancelled.get().isPresent();
    }
}
