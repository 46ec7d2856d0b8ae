package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.receive.DeferredList.Deferred;
import ferry.receive.DeferredList.Origin;
import ferry.wire.Limits;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An {@link Inbox} that is a folder on the receiver's disk. */
final class DirectoryInbox implements Inbox {
    private final Disk disk;
    private final Path folder;
    private final TransferQuota quota;
    private final DeferredList directories;
    private final DeferredList links;
    private final AtomicLong files = new AtomicLong();
    private volatile boolean settled;

    /** @param folder this transfer's own in staging, which {@link #close} removes */
    DirectoryInbox(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
        this.quota =
                new TransferQuota(disk.options().maxFileSize(), disk.options().maxTransferSize());
        this.directories = new DeferredList(folder.resolve("directories"));
        this.links = new DeferredList(folder.resolve("links"));
    }

    @Override
    public Admission admit(Entry.File file) throws TransferException {
        Path target = disk.out().check(file.path());
        disk.out().requireSameFileSystem(file.path(), target);
        quota.requireAllowed(file.path(), file.size().orElse(0));
        Path staged = folder.resolve("file-" + files.incrementAndGet());
        DiskStagedFile stagedFile = new DiskStagedFile(file, staged, disk, quota);
        try {
            requireRoom(file, target);
            if (file.size().isEmpty()) {
                return new Admission.AcceptInOrder(stagedFile);
            }
            Optional<Candidate> candidate = candidate(file, stagedFile);
            if (candidate.isPresent()) {
                return new Admission.Compare(stagedFile, candidate.get());
            }
            stagedFile.reserve();
            return new Admission.Accept(stagedFile);
        } catch (IOException e) {
            throw disk.failures().explain(file.path(), "looked up", e);
        }
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
            if (directory.attributes().mode().isPresent()
                    && disk.options().onConflict().changesDirectories()) {
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
        Settlement settlement = new Settlement(disk, folder.resolve("link"), listener);
        try {
            settlement.settleLinks(links);
            settlement.settleDirectories(directories);
            settled = true;
        } catch (IOException e) {
            throw disk.failures().explain("directories and links", "settled", e);
        }
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
        try {
            Staging.remove(folder);
        } catch (IOException e) {
            // It goes with the process's folder, or with the next receiver's start.
        }
    }

    /** Refuses what cannot end well, before any data flows; what is the same, or is not known to differ, may come. */
    private void requireRoom(Entry.File file, Path target) throws IOException, TransferException {
        Found there = Found.at(target);
        if (there == Found.NOTHING) {
            return;
        }
        boolean mayBeTheSame =
                there == Found.FILE && (file.size().isEmpty() || file.size().getAsLong() == Files.size(target));
        if (!mayBeTheSame) {
            disk.options().onConflict().requireRoom(file.path(), Found.FILE, there);
        }
    }

    private Optional<Candidate> candidate(Entry.File file, DiskStagedFile staged)
            throws IOException, TransferException {
        long size = file.size().orElse(0);
        if (size <= Limits.MAX_EAGER_FILE) {
            // It may come together with its offer; comparing it first would only cost time.
            return Optional.empty();
        }
        Optional<Candidate> first = Optional.empty();
        NumberedNames names = new NumberedNames(file.path());
        int last = disk.options().onConflict() == ConflictPolicy.RENAME ? NumberedNames.MAX_NUMBER : 0;
        for (int number = 0; number <= last; number++) {
            RelativePath path = names.get(number);
            if (number > 0 && disk.options().readOnly().guarding(path).isPresent()) {
                continue;
            }
            Path target = disk.out().check(path);
            if (Found.at(target) == Found.NOTHING) {
                break;
            }
            Optional<ExistingFile> existing = ExistingFile.at(target).filter(found -> found.size() == size);
            if (existing.isPresent()) {
                Candidate candidate = new ExistingCandidate(path, existing.get(), file, staged, disk);
                if (hasTimeOf(file, existing.get())) {
                    return Optional.of(candidate);
                }
                first = first.or(() -> Optional.of(candidate));
            }
        }
        return first;
    }

    /** Of several of the same size, the one with the offered time is most likely the same. */
    private static boolean hasTimeOf(Entry.File file, ExistingFile existing) {
        return file.attributes().modified().map(FileTime::from).equals(Optional.of(existing.modified()));
    }

    private Origin createIfMissing(Path target) throws IOException {
        if (Found.at(target) != Found.NOTHING) {
            return Origin.FOUND;
        }
        disk.sync().forget(target);
        try {
            Files.createDirectory(target, Permissions.privateDirectory(target));
            return Origin.CREATED;
        } catch (FileAlreadyExistsException e) {
            return Origin.FOUND;
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
