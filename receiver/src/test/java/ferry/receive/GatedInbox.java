package ferry.receive;

import ferry.entry.Entry;
import ferry.error.TransferException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An inbox whose disk stands still until the gate is opened. */
final class GatedInbox implements Inbox {
    private final Inbox inbox;
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger held = new AtomicInteger();

    GatedInbox(Inbox inbox) {
        this.inbox = inbox;
    }

    void open() {
        gate.countDown();
    }

    /** How many calls are held. */
    int held() {
        return held.get();
    }

    private void pass() {
        held.incrementAndGet();
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("somebody interrupted a thread of the disk", e);
        }
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        pass();
        return inbox.admit(file);
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        pass();
        inbox.defer(id, directory);
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        pass();
        inbox.defer(id, link);
    }

    @Override
    public Map<Placement, TransferException> sync(Collection<Placement> placements) {
        return inbox.sync(placements);
    }

    @Override
    public void settle(SettleListener listener) throws TransferException {
        inbox.settle(listener);
    }

    @Override
    public long freeSpace() {
        return inbox.freeSpace();
    }

    @Override
    public void close() {
        inbox.close();
    }
}
