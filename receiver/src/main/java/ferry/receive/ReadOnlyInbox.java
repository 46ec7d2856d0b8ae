package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.Glob;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An {@link Inbox} in which its sender may not write some names, nor anything in directories of such names. As
 * thread-safe as the one behind it.
 */
final class ReadOnlyInbox implements Inbox {
    private final Inbox inbox;
    private final List<Glob> readOnly;

    ReadOnlyInbox(Inbox inbox, List<Glob> readOnly) {
        this.inbox = inbox;
        this.readOnly = readOnly;
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
        requireWritable(entry.path(), entry.kind(), entry);
        for (Optional<RelativePath> above = entry.path().parent();
                above.isPresent();
                above = above.get().parent()) {
            requireWritable(above.get(), EntryKind.DIRECTORY, entry);
        }
    }

    private void requireWritable(RelativePath path, EntryKind kind, Entry entry) throws TransferException {
        for (Glob pattern : readOnly) {
            if (pattern.matches(path, kind)) {
                throw new TransferException(
                        ErrorCode.NOT_ALLOWED,
                        entry.path().toString(),
                        "this sender may not write '%s' at the receiver".formatted(pattern));
            }
        }
    }
}
