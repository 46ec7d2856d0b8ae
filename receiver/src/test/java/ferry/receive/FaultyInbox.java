package ferry.receive;

import ferry.entry.Entry;
import ferry.error.TransferException;
import java.util.Collection;
import java.util.Map;

/** An inbox in which one kind of call ends in an Error, as when memory runs out. */
record FaultyInbox(Inbox inbox, Fault fault) implements Inbox {
    enum Fault {
        ADMIT,
        DEFER,
        SYNC,
        SETTLE
    }

    private void pass(Fault now) {
        if (now == fault) {
            throw new StackOverflowError("a fault of ours");
        }
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        pass(Fault.ADMIT);
        return inbox.admit(file);
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        pass(Fault.DEFER);
        inbox.defer(id, directory);
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        pass(Fault.DEFER);
        inbox.defer(id, link);
    }

    @Override
    public Map<Placement, TransferException> sync(Collection<Placement> placements) {
        pass(Fault.SYNC);
        return inbox.sync(placements);
    }

    @Override
    public void settle(SettleListener listener) throws TransferException {
        pass(Fault.SETTLE);
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
