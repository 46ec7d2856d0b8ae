package ferry.send;

import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.event.TransferReport;
import java.util.function.BooleanSupplier;

/** Tells what would be sent instead of sending it; used by the one thread that walks. */
final class DryRun implements ScanConsumer {
    private final TransferReport report;
    private final TransferListener listener;
    private final BooleanSupplier stopped;

    DryRun(TransferReport report, TransferListener listener, BooleanSupplier stopped) {
        this.report = report;
        this.listener = listener;
        this.stopped = stopped;
    }

    @Override
    public void found(SourceEntry entry) {
        listener.on(new TransferEvent.Found(report.transfer(), entry.entry()));
    }

    @Override
    public void failed(String path, TransferException cause) {
        report.failedBeforeOffer(path, cause.code(), cause.why());
    }

    @Override
    public void leftOut(String path, String why) {
        listener.on(new TransferEvent.Warning(path + ": left out: " + why));
    }

    @Override
    public boolean isClosed() {
        return stopped.getAsBoolean();
    }
}
