package ferry.receive;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Small files of a transfer that have arrived whole, and go to the disk several at a time: one thread takes each of them from
 * its offer to its final name, syncs their directories once, and answers all of them together (docs/adr/0028).
 *
 * <p>Any thread may add, and adding never waits; credit bounds what waits here. As many disk threads take part as get behind:
 * where a sync takes long there is soon one for each file, since the file system commits together what waits together, and
 * where it costs nothing there are one or two, which hardly ever wake each other. The lock guards the queue and is held for a
 * few instructions.
 */
final class WholeFiles {
    /** So many files at a time at most: the first of them waits for its receipt until the last is placed. */
    private static final int MOST_AT_ONCE = 16;

    /** So long a thread is to work on the files that it takes at a time. */
    private static final long TIME_AT_ONCE_NANOS = 2_000_000;

    /** After so many times a thread goes to the end of the pool's queue, so that others get their turn. */
    private static final int TURN = 16;

    private final Executor disk;
    private final Inbox inbox;
    private final Receipts receipts;
    private final Placing placing;
    private final ArrayDeque<IncomingFile> waiting = new ArrayDeque<>();
    private int threads;
    private int atOnce = 1;

    /** Sees to the answer of a file that is placed; calls back if its receipt is due, as soon as the directory is synced. */
    @FunctionalInterface
    interface Placing {
        void placed(Receipts.Placed placed, Consumer<Receipts.Placed> receiptDue);
    }

    WholeFiles(Executor disk, Inbox inbox, Receipts receipts, Placing placing) {
        this.disk = disk;
        this.inbox = inbox;
        this.receipts = receipts;
        this.placing = placing;
    }

    /** Takes a file of which everything has arrived and no step has begun. */
    void add(IncomingFile file) {
        synchronized (waiting) {
            waiting.add(file);
            if (threads == DiskPool.THREADS || waiting.size() <= threads * atOnce) {
                return;
            }
            threads++;
        }
        disk.execute(this::runTurn);
    }

    private void runTurn() {
        boolean more = true;
        try {
            for (int i = 0; i < TURN && more; i++) {
                more = runSome();
            }
        } finally {
            if (more) {
                disk.execute(this::runTurn);
            }
        }
    }

    /** Whether there may be more. */
    private boolean runSome() {
        List<IncomingFile> files = take();
        if (files.isEmpty()) {
            return false;
        }
        long begin = System.nanoTime();
        Inbox once = inbox.forOneGo();
        List<Receipts.Placed> placed = new ArrayList<>(files.size());
        files.forEach(file -> file.performAll(once, one -> placing.placed(one, placed::add)));
        receipts.settle(placed, once);
        paced((System.nanoTime() - begin) / files.size());
        return true;
    }

    private List<IncomingFile> take() {
        synchronized (waiting) {
            List<IncomingFile> taken = new ArrayList<>(atOnce);
            while (taken.size() < atOnce && !waiting.isEmpty()) {
                taken.add(waiting.remove());
            }
            if (taken.isEmpty()) {
                threads--;
            }
            return taken;
        }
    }

    private void paced(long nanosForEach) {
        synchronized (waiting) {
            atOnce = Math.clamp(TIME_AT_ONCE_NANOS / Math.max(1, nanosForEach), 1, MOST_AT_ONCE);
        }
    }
}
