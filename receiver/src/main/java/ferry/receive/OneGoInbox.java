package ferry.receive;

import ferry.entry.Entry;
import ferry.error.TransferException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What {@link DirectoryInbox#forOneGo} gives: for one thread and a moment. */
final class OneGoInbox implements Inbox {
    private final DirectoryInbox inbox;
    private final RememberingFolder folder;
    private final Disk disk;

    OneGoInbox(DirectoryInbox inbox, Disk disk) {
        this.inbox = inbox;
        this.folder = new RememberingFolder(disk.out());
        this.disk = disk.with(folder, disk.options());
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        return inbox.admit(file, disk);
    }

    /** Before the names are durable it is certain that they are where they should be. */
    @Override
    public Map<Placement, TransferException> sync(Collection<Placement> placements) {
        Map<Placement, TransferException> failed = disk.makeDurable(placements);
        Map<Path, TransferException> lost = folder.lost();
        for (Placement placement : lost.isEmpty() ? List.<Placement>of() : placements) {
            TransferException reason = lost.get(directory(placement));
            if (reason != null) {
                failed.put(placement, reason);
            }
        }
        return failed;
    }

    private Path directory(Placement placement) {
        try {
            return Objects.requireNonNull(folder.place(placement.path()).getParent());
        } catch (TransferException e) {
            throw new IllegalStateException("it was placed", e);
        }
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        inbox.defer(id, directory);
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        inbox.defer(id, link);
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
