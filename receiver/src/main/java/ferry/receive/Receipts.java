package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Placed files whose receipts wait until the directories that hold their names are synced.
 *
 * <p>A sync begins as soon as a file is placed and none is running; what is placed meanwhile shares the next one. So a
 * single file never waits, and many small ones share the cost. Any thread may add. The lock guards the list and is held
 * for a few instructions, never across the sync.
 */
final class Receipts {
    record Placed(IncomingFile file, Placement placement, IncomingFile.Whole whole) {}

    /** Hears what became of files, on a disk-pool thread. */
    interface Listener {
        /** Files whose receipts are due, in this order; at least one. */
        void durable(List<Placed> placed);

        void failed(Placed placed, TransferException reason);
    }

    private final Executor disk;
    private final Inbox inbox;
    private final Listener listener;
    private final Object lock = new Object();
    private List<Placed> waiting = new ArrayList<>();
    private boolean syncing;

    Receipts(Executor disk, Inbox inbox, Listener listener) {
        this.disk = disk;
        this.inbox = inbox;
        this.listener = listener;
    }

    void add(Placed placed) {
        synchronized (lock) {
            waiting.add(placed);
            if (syncing) {
                return;
            }
            syncing = true;
        }
        disk.execute(this::syncAll);
    }

    private void syncAll() {
        for (List<Placed> batch = takeWaiting(); !batch.isEmpty(); batch = takeWaiting()) {
            settle(batch, inbox);
        }
    }

    /** Syncs at once, for a disk thread that has files enough to share a sync. */
    void settle(List<Placed> batch, Inbox inbox) {
        Map<Placement, TransferException> lost;
        try {
            List<Placement> placements = new ArrayList<>(batch.size());
            batch.forEach(placed -> placements.add(placed.placement()));
            lost = inbox.sync(placements);
        } catch (Throwable e) {
            // A fault of ours; whoever waits for these answers must not wait for ever.
            TransferException reason = new TransferException(ErrorCode.INTERNAL, "receiver", e.toString(), e);
            batch.forEach(placed -> listener.failed(placed, reason));
            return;
        }
        List<Placed> durable = new ArrayList<>(batch.size());
        for (Placed placed : batch) {
            TransferException reason = lost.get(placed.placement());
            if (reason == null) {
                durable.add(placed);
            } else {
                listener.failed(placed, reason);
            }
        }
        if (!durable.isEmpty()) {
            listener.durable(durable);
        }
    }

    /** What waits for the next sync; if that is nothing, the next file placed begins one. */
    private List<Placed> takeWaiting() {
        synchronized (lock) {
            List<Placed> taken = waiting;
            waiting = new ArrayList<>();
            syncing = !taken.isEmpty();
            return taken;
        }
    }
}
