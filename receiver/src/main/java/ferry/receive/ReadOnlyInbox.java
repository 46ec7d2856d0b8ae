package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.Glob;
import ferry.entry.Placing;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * An {@link Inbox} in which its sender may not write some names, nor anything in directories of such names. As
 * thread-safe as the one behind it.
 */
final class ReadOnlyInbox implements Inbox {
    private final Inbox inbox;
    private final ReadOnlyNames readOnly;

    ReadOnlyInbox(Inbox inbox, ReadOnlyNames readOnly) {
        this.inbox = inbox;
        this.readOnly = readOnly;
    }

    @Override
    public Inbox forOneGo() {
        return new ReadOnlyInbox(inbox.forOneGo(), readOnly);
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        requireWritable(file);
        return inbox.admit(file);
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        requireWritable(directory);
        inbox.defer(id, directory);
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        requireWritable(link);
        inbox.defer(id, link);
    }

    @Override
    public boolean defer(long id, Entry.File file, Placement placement, IncomingFile.Whole whole)
            throws TransferException {
        return inbox.defer(id, file, placement, whole);
    }

    @Override
    public void lacks(String path, String why) {
        inbox.lacks(path, why);
    }

    @Override
    public void withdrawn(long id) {
        inbox.withdrawn(id);
    }

    @Override
    public Placing placing() {
        return inbox.placing();
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

    private void requireWritable(Entry entry) throws TransferException {
        Optional<Glob> pattern = readOnly.guarding(entry.path());
        if (pattern.isPresent()) {
            throw new TransferException(
                    ErrorCode.NOT_ALLOWED,
                    entry.path().toString(),
                    "this sender may not write '%s' at the receiver".formatted(pattern.get()));
        }
    }
}
