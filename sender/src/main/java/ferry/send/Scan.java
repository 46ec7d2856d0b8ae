package ferry.send;

import ferry.entry.Placing;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.event.TransferReport;
import java.util.List;

/**
 * The walk over the sources while a transfer runs, on a platform thread of its own, since it does file I/O; it never
 * waits for the network but through the bounded queue. Started by the transfer's thread, which closes it.
 */
final class Scan implements ScanConsumer, AutoCloseable {
    private final ScanQueue queue = new ScanQueue();
    private final Placing placing;
    private final TransferReport report;
    private final TransferListener listener;

    /** Nothing may be told of the transfer any more; guarded by this, as is telling. */
    private boolean isOver;

    private Scan(Placing placing, TransferReport report, TransferListener listener) {
        this.placing = placing;
        this.report = report;
        this.listener = listener;
    }

    /** Begins to walk; failures go to the report, entries to {@link #entries}. */
    static Scan start(SendRequest request, List<Root> roots, TransferReport report, TransferListener listener) {
        Scan scan = new Scan(request.placing(), report, listener);
        TreeScanner scanner = new TreeScanner(request.filter(), request.links(), scan);
        Thread.ofPlatform().daemon().name("ferry-scan").start(() -> scan.walk(scanner, roots));
        return scan;
    }

    private void walk(TreeScanner scanner, List<Root> roots) {
        try {
            scanner.scan(roots);
            report.progress().allFound();
            queue.finish();
        } catch (RuntimeException | Error e) { // Whoever waits for entries must not wait for ever.
            queue.fail(e);
        }
    }

    ScanSource entries() {
        return queue;
    }

    @Override
    public void found(SourceEntry entry) {
        report.progress().found(entry.entry());
        queue.put(entry);
    }

    @Override
    public void failed(String path, TransferException cause) {
        tell(() -> report.failedBeforeOffer(path, cause.code(), cause.why()));
        if (placing == Placing.ALL_AT_ONCE) {
            queue.spoil(WholeTree.failure(path, cause.code()));
        }
    }

    @Override
    public void leftOut(String path, String why) {
        tell(() -> listener.on(new TransferEvent.Warning(path + ": left out: " + why)));
    }

    private synchronized void tell(Runnable news) {
        if (!isOver) {
            news.run();
        }
    }

    @Override
    public boolean isClosed() {
        return queue.isClosed();
    }

    /**
     * Ends the walk soon, and the wait of whoever takes entries at once. From now on nothing is told: the walk itself is not waited
     * for, since a file system that does not answer may hold it for ever.
     */
    @Override
    public void close() {
        queue.close();
        synchronized (this) {
            isOver = true;
        }
    }
}
