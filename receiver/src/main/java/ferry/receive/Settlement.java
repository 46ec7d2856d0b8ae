package ferry.receive;

import ferry.entry.Entry;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.HandleLimit;
import ferry.receive.DeferredList.Deferred;
import ferry.receive.DeferredList.Origin;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Puts a transfer's links and directories into their final state. For one thread, once.
 *
 * <p>Works in batches of {@value #BATCH}: what a batch has changed is synced together, which costs the file system one
 * commit and not one for each. A directory that was there before keeps its mode and time, like a file that was; only
 * {@code overwrite} gives it those of the sender.
 */
final class Settlement {
    /** Each directory of a batch is open meanwhile, for its new mode may forbid to open it. */
    private static final int BATCH = 64;

    /** For the open directories of all transfers together: a sixteenth of the process's handles, or as many as help. */
    private static final Semaphore HANDLES = new Semaphore(Math.clamp(HandleLimit.ofProcess() / 16, 2, 512));

    private final Disk disk;
    private final Path stagedLink;
    private final Optional<Keeper> keeper;
    private final SettleListener listener;
    private final List<PlacedLink> links = new ArrayList<>(BATCH);
    private final List<OpenDirectory> directories = new ArrayList<>(BATCH);

    private record PlacedLink(long id, Entry.Link link, Placement placement) {}

    /** @param content the open directory, to be synced; empty if nothing is, or nothing of it is changed */
    private record OpenDirectory(Deferred deferred, Path target, Optional<FileChannel> content) {}

    /**
     * Prepares to settle.
     *
     * @param stagedLink a free name in staging
     * @param keeper hears which directories are settled
     */
    Settlement(Disk disk, Path stagedLink, Optional<Keeper> keeper, SettleListener listener) {
        this.disk = disk;
        this.stagedLink = stagedLink;
        this.keeper = keeper;
        this.listener = listener;
    }

    /** For a transfer that has broken off: the directories that it has made are open to those for whom they were meant. */
    static void leave(Disk disk, DeferredList directories) {
        try {
            directories.forEach(deferred -> {
                if (deferred.origin() == Origin.CREATED) {
                    leave(disk, deferred.entry());
                }
            });
        } catch (IOException e) {
            // The list is damaged, and those that it does not tell of stay closed.
        }
    }

    private static void leave(Disk disk, Entry directory) {
        try {
            Path target = disk.out().check(directory.path());
            if (Found.at(target) == Found.DIRECTORY) {
                disk.permissions().leaveNewDirectory(target, directory.attributes());
            }
        } catch (IOException | TransferException e) {
            // It is no longer ours, and there is nobody left to tell.
        }
    }

    void settleLinks(DeferredList list) throws IOException {
        list.forEach(deferred -> {
            placeLink(deferred);
            if (links.size() == BATCH) {
                finishLinks();
            }
        });
        finishLinks();
    }

    /** Reads the list backwards, so that a directory comes before the one it is in, which may be closed to us then. */
    void settleDirectories(DeferredList list) throws IOException {
        try {
            list.forEachBackwards(deferred -> {
                openDirectory(deferred);
                if (directories.size() == BATCH) {
                    finishDirectories();
                }
            });
            finishDirectories();
        } finally {
            directories.forEach(Settlement::close);
        }
    }

    private void placeLink(Deferred deferred) {
        Entry entry = deferred.entry();
        try {
            if (!(entry instanceof Entry.Link link)) {
                throw new IllegalStateException("expected a link in the list of links: " + entry.path());
            }
            Path pointsTo = link.target().on(disk.out().root());
            LinkArrival arrival = new LinkArrival(pointsTo, stagedLink, link.attributes(), disk);
            links.add(new PlacedLink(deferred.id(), link, disk.placer().place(arrival, link.path())));
        } catch (TransferException e) {
            listener.failed(deferred.id(), entry, e);
        }
    }

    private void finishLinks() {
        Map<Placement, TransferException> failed =
                disk.makeDurable(links.stream().map(PlacedLink::placement).toList());
        for (PlacedLink link : links) {
            TransferException failure = failed.get(link.placement());
            if (failure == null) {
                listener.settled(link.id(), link.link(), link.placement());
            } else {
                listener.failed(link.id(), link.link(), failure);
            }
        }
        links.clear();
    }

    private void openDirectory(Deferred deferred) {
        Entry entry = deferred.entry();
        try {
            Path target = disk.out().check(entry.path());
            Found there = Found.at(target);
            if (there != Found.DIRECTORY) {
                throw new TransferException(
                        ErrorCode.KIND_CONFLICT,
                        entry.path().toString(),
                        "expected the directory that was there, found a " + there.words());
            }
            directories.add(new OpenDirectory(deferred, target, openToSync(deferred, target)));
        } catch (TransferException e) {
            finishDirectories();
            listener.failed(deferred.id(), entry, e);
        } catch (IOException e) {
            finishDirectories();
            listener.failed(deferred.id(), entry, disk.failures().explain(entry.path(), "opened", e));
        }
    }

    private Optional<FileChannel> openToSync(Deferred deferred, Path target) throws IOException {
        if (isKept(deferred)) {
            return Optional.empty();
        }
        return switch (disk.options().sync()) {
            case FSYNC -> Optional.of(openHandle(target));
            case NO_FSYNC -> Optional.empty();
        };
    }

    /** Ends the batch if there are no more handles, and waits for one, if it must, without holding any. */
    private FileChannel openHandle(Path target) throws IOException {
        if (!HANDLES.tryAcquire()) {
            finishDirectories();
            HANDLES.acquireUninterruptibly();
        }
        boolean opened = false;
        try {
            FileChannel channel = FileChannel.open(target, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            opened = true;
            return channel;
        } finally {
            if (!opened) {
                HANDLES.release();
            }
        }
    }

    /**
     * First the names of all, as long as what is above them can be opened; then their modes; and then one commit. Whoever is told
     * may wait for the sender, and holds no handles then.
     */
    private void finishDirectories() {
        Map<Path, IOException> lost = disk.sync()
                .syncNames(directories.stream().map(OpenDirectory::target).toList());
        List<OpenDirectory> finished = new ArrayList<>(BATCH);
        List<Runnable> answers = new ArrayList<>(BATCH);
        for (OpenDirectory directory : directories) {
            try {
                IOException failure = lost.get(directory.target());
                if (failure != null) {
                    throw failure;
                }
                finish(directory);
                finished.add(directory);
            } catch (IOException e) {
                answers.add(() -> fail(directory, "given its mode and time", e));
            }
        }
        finished.forEach(directory -> answers.add(sync(directory)));
        directories.forEach(Settlement::close);
        directories.clear();
        answers.forEach(Runnable::run);
    }

    private void finish(OpenDirectory directory) throws IOException {
        Entry entry = directory.deferred().entry();
        switch (directory.deferred().origin()) {
            case CREATED -> disk.permissions().finishNewDirectory(directory.target(), entry.attributes());
            case FOUND -> {
                if (!isKept(directory.deferred())) {
                    disk.permissions().update(directory.target(), entry.attributes());
                }
            }
        }
    }

    /** Whether a directory was there before and stays as it was. */
    private boolean isKept(Deferred deferred) {
        return deferred.origin() == Origin.FOUND && !disk.options().onConflict().changesDirectories();
    }

    /** What there is to be said of it. */
    private Runnable sync(OpenDirectory directory) {
        try {
            if (directory.content().isPresent()) {
                disk.syncer().content(directory.content().get());
            }
            Outcome outcome = switch (directory.deferred().origin()) {
                case CREATED -> Outcome.PLACED;
                case FOUND -> Outcome.SAME;
            };
            if (outcome == Outcome.PLACED) {
                keeper.ifPresent(kept -> kept.settled(disk.out().below(directory.target())));
            }
            Placement placement = new Placement(
                    directory.deferred().entry().path(),
                    outcome,
                    disk.options().sync().durability(),
                    Optional.empty());
            return () -> listener.settled(
                    directory.deferred().id(), directory.deferred().entry(), placement);
        } catch (IOException e) {
            return () -> fail(directory, "made durable", e);
        }
    }

    private void fail(OpenDirectory directory, String doing, IOException failure) {
        Deferred deferred = directory.deferred();
        listener.failed(
                deferred.id(),
                deferred.entry(),
                disk.failures().explain(deferred.entry().path(), doing, failure));
    }

    private static void close(OpenDirectory directory) {
        directory.content().ifPresent(channel -> {
            try {
                channel.close();
            } catch (IOException e) {
                // It was only read.
            } finally {
                HANDLES.release();
            }
        });
    }
}
