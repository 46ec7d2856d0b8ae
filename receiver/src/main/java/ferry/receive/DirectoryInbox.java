package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.receive.DeferredList.Deferred;
import ferry.receive.DeferredList.Origin;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An {@link Inbox} that is a folder on the receiver's disk. */
final class DirectoryInbox implements Inbox {
    private final Disk disk;
    private final Path folder;
    private final TransferQuota quota;
    private final Optional<Keeper> keeper;
    private final DeferredList directories;
    private final DeferredList links;
    private final AtomicLong files = new AtomicLong();
    private volatile boolean settled;

    /**
     * Opens one for a transfer.
     *
     * @param folder its own in staging, which {@link #close} removes
     * @param keeper of what outlives the transfer if it breaks; empty if nothing does
     */
    DirectoryInbox(Disk disk, Path folder, Optional<Keeper> keeper) {
        this.disk = disk;
        this.folder = folder;
        this.keeper = keeper;
        this.quota =
                new TransferQuota(disk.options().maxFileSize(), disk.options().maxTransferSize());
        this.directories = new DeferredList(folder.resolve("directories"));
        this.links = new DeferredList(folder.resolve("links"));
    }

    @Override
    public Inbox forOneGo() {
        return new OneGoInbox(this, disk);
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        return admit(file, disk);
    }

    /** @param disk ours, or one that remembers for a moment */
    Admission admit(Entry.File file, Disk disk) throws TransferException {
        Path target = disk.out().check(file.path());
        disk.out().requireSameFileSystem(file.path(), target);
        quota.requireAllowed(file.path(), file.size().orElse(0));
        try {
            requireRoom(file, target, disk);
            return admit(file, stagedFile(file, target, disk), disk);
        } catch (IOException e) {
            throw disk.failures().explain(file.path(), "looked up", e);
        }
    }

    private Admission admit(Entry.File file, DiskStagedFile staged, Disk disk) throws IOException, TransferException {
        boolean isAdmitted = false;
        try {
            Admission admission = judge(file, staged, disk);
            isAdmitted = true;
            return admission;
        } finally {
            if (!isAdmitted) {
                staged.keep();
            }
        }
    }

    private static Admission judge(Entry.File file, DiskStagedFile staged, Disk disk)
            throws IOException, TransferException {
        if (file.size().isEmpty()) {
            return new Admission.AcceptInOrder(staged);
        }
        Optional<Candidate> candidate = new CandidateSearch(file, staged, disk).find();
        if (candidate.filter(Candidate::mayBeTheSame).isEmpty()) {
            staged.reserve();
        }
        ChunkRuns chunks = new ChunkRuns();
        chunks.addAll(staged.found());
        candidate.ifPresent(existing -> chunks.addAll(0, existing.chunks()));
        return chunks.isEmpty()
                ? new Admission.Accept(staged)
                : new Admission.Compare(staged, candidate, chunks.toSet());
    }

    /**
     * One that is kept if the transfer breaks, where there is somebody to keep it for. If it cannot be, what is kept of its path
     * goes when the file is there, or now if the file has become too small for it.
     */
    private DiskStagedFile stagedFile(Entry.File file, Path target, Disk disk) {
        long size = file.size().orElse(0);
        Optional<Partial> partial = Partial.isWorthwhile(size)
                ? keeper.flatMap(owned -> owned.claim(disk.out().below(target), size))
                : Optional.empty();
        if (partial.isPresent()) {
            return new DiskStagedFile(file, partial.get(), disk, quota);
        }
        Runnable drop = () -> keeper.filter(Keeper::hasPartials)
                .ifPresent(owned -> owned.drop(disk.out().below(target)));
        if (file.size().isPresent() && !Partial.isWorthwhile(size)) {
            drop.run();
        }
        return new DiskStagedFile(file, folder.resolve("file-" + files.incrementAndGet()), disk, quota, drop);
    }

    @Override
    public void defer(long id, Entry.Directory directory) throws TransferException {
        RelativePath path = directory.path();
        Path target = disk.out().prepare(path);
        try {
            Origin origin = createIfMissing(target);
            Found there = Found.at(target);
            if (there != Found.DIRECTORY) {
                throw new TransferException(
                        there == Found.LINK ? ErrorCode.NAME_REFUSED : ErrorCode.KIND_CONFLICT,
                        path.toString(),
                        "expected a directory or nothing, the receiver has a %s there".formatted(there.words()));
            }
            if (origin == Origin.CREATED
                    || (directory.attributes().mode().isPresent()
                            && disk.options().onConflict().changesDirectories())) {
                makeWritable(target);
            }
            directories.add(new Deferred(id, directory, origin));
        } catch (IOException e) {
            throw disk.failures().explain(path, "created", e);
        }
    }

    @Override
    public void defer(long id, Entry.Link link) throws TransferException {
        RelativePath path = link.path();
        Path target = disk.out().check(path);
        try {
            link.target().on(disk.out().root());
            if (Found.at(target) == Found.DIRECTORY) {
                throw disk.options().onConflict().refusal(path, Found.DIRECTORY);
            }
            links.add(new Deferred(id, link, Origin.FOUND));
        } catch (IOException e) {
            throw disk.failures().explain(path, "listed", e);
        }
    }

    @Override
    public Map<Placement, TransferException> sync(Collection<Placement> placements) {
        return disk.makeDurable(placements);
    }

    @Override
    public void settle(SettleListener listener) throws TransferException {
        settleLinks(listener);
        settleDirectories(listener);
    }

    /** The first half of {@link #settle}: after it all entries have their names, and directories can still be listed. */
    void settleLinks(SettleListener listener) throws TransferException {
        try {
            settlement(listener).settleLinks(links);
        } catch (IOException e) {
            throw disk.failures().explain("links", "settled", e);
        }
    }

    /** The second half of {@link #settle}. */
    void settleDirectories(SettleListener listener) throws TransferException {
        try {
            settlement(listener).settleDirectories(directories);
            settled = true;
        } catch (IOException e) {
            throw disk.failures().explain("directories", "settled", e);
        }
    }

    private Settlement settlement(SettleListener listener) {
        return new Settlement(disk, folder.resolve("link"), keeper, listener);
    }

    @Override
    public long freeSpace() {
        return disk.budget().available();
    }

    @Override
    public void close() {
        if (!settled) {
            Settlement.leave(disk, directories);
        }
        directories.close();
        links.close();
        keeper.ifPresent(Keeper::tidy);
        try {
            Staging.remove(folder);
        } catch (IOException e) {
            // It goes with the process's folder, or with the next receiver's start.
        }
    }

    /** Refuses what cannot end well, before any data flows; what is the same, or is not known to differ, may come. */
    private static void requireRoom(Entry.File file, Path target, Disk disk) throws IOException, TransferException {
        // Of a file that is placed in a moment, a link that leads nowhere is found then.
        Found there = disk.out().isForOneGo() ? Found.unlessMissing(target) : Found.at(target);
        if (there == Found.NOTHING) {
            return;
        }
        boolean mayBeTheSame =
                there == Found.FILE && (file.size().isEmpty() || file.size().getAsLong() == Files.size(target));
        if (!mayBeTheSame) {
            disk.options().onConflict().requireRoom(file.path(), Found.FILE, there);
        }
    }

    private Origin createIfMissing(Path target) throws IOException {
        String path = disk.out().below(target);
        if (Found.at(target) != Found.NOTHING) {
            return keeper.isPresent() && keeper.get().isMarked(path, target) ? Origin.CREATED : Origin.FOUND;
        }
        disk.sync().forget(target);
        keeper.ifPresent(kept -> kept.making(path));
        boolean isMade = false;
        try {
            Files.createDirectory(target, Permissions.privateDirectory(target));
            isMade = true;
            return Origin.CREATED;
        } catch (FileAlreadyExistsException e) {
            return Origin.FOUND;
        } finally {
            if (isMade) {
                keeper.ifPresent(kept -> kept.made(path, target));
            } else {
                keeper.ifPresent(kept -> kept.notMade(path));
            }
        }
    }

    /** So that files can be placed in it; where this is not allowed, placing them will tell. */
    private void makeWritable(Path directory) {
        try {
            disk.permissions().makeWritable(directory);
        } catch (IOException e) {
            // Somebody else's directory, in which we may work or not.
        }
    }
}
