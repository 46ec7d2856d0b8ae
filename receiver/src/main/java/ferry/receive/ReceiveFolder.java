package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.HandleLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * A folder that is received into, by this process and perhaps by others at the same time. Thread-safe.
 *
 * <p>Closing it removes what this process has staged, but for what is kept for transfers that broke; so every inbox must be
 * closed before.
 */
final class ReceiveFolder implements InboxFactory, AutoCloseable {
    /**
     * So many staged files stay open between writes: a quarter of the process's handles, or as many as help; a peer that begins
     * more of them gets slower, nobody else does.
     */
    private static final int MAX_HANDLES = Math.clamp(HandleLimit.ofProcess() / 4, 16, 256);

    private final Staging staging;
    private final Duration keepPartial;
    private final KeptFolders kept;
    private final Partials partials;
    private final Trees trees;
    private final Marks marks;
    private final Disk disk;
    private volatile boolean isLeft;

    private ReceiveFolder(Staging staging, Duration keepPartial, KeptFolders kept, Disk disk) {
        this.staging = staging;
        this.keepPartial = keepPartial;
        this.kept = kept;
        this.partials = new Partials(staging.partials(), disk.permissions(), kept);
        this.trees = new Trees(staging.trees(), disk.permissions(), kept);
        this.marks = new Marks(staging.marks());
        this.disk = disk;
    }

    /** The same with the usual staging. */
    static ReceiveFolder open(Path directory, StorageOptions options) throws TransferException {
        return open(directory, options, StagingOptions.DEFAULT);
    }

    /**
     * Makes sure that the folder can be received into; creates it if there is none.
     *
     * @throws TransferException DESTINATION_UNUSABLE
     */
    static ReceiveFolder open(Path directory, StorageOptions options, StagingOptions staging) throws TransferException {
        try {
            Files.createDirectories(directory);
            Path root = directory.toRealPath();
            ReceiveFolder folder = open(root, options, staging, FreeSpace.in(root));
            folder.inherit();
            folder.sweep();
            return folder;
        } catch (IOException e) {
            throw new TransferException(
                    ErrorCode.DESTINATION_UNUSABLE,
                    directory.toString(),
                    "cannot be received into: " + DiskFailures.reason(e),
                    e);
        }
    }

    private static ReceiveFolder open(Path root, StorageOptions options, StagingOptions stagingOptions, FreeSpace space)
            throws TransferException, IOException {
        Staging staging = Staging.open(root);
        try {
            Syncer syncer = Syncer.of(options.sync());
            DirectorySync sync = new DirectorySync(root, syncer);
            DiskFailures failures = new DiskFailures(space);
            OutFolder out = new OutFolder(root, sync, failures);
            Permissions permissions = Permissions.probe(staging.folder());
            KeptFolders kept = new KeptFolders();
            Disk disk = new Disk(
                    out,
                    new SpaceBudget(FreeSpace.recent(space), stagingOptions.maxBytes(), kept),
                    syncer,
                    sync,
                    permissions,
                    NameTaking.probe(staging.folder()),
                    failures,
                    new Placer(out, failures, options),
                    new Semaphore(MAX_HANDLES),
                    options);
            return new ReceiveFolder(staging, stagingOptions.keepPartial(), kept, disk);
        } catch (IOException e) {
            staging.close();
            throw e;
        }
    }

    /** The folder itself, absolute and free of symbolic links. */
    Path root() {
        return disk.out().root();
    }

    /** A receiver that died meanwhile may have left what this sender has begun with it. */
    @Override
    public Inbox open(Visitor visitor) throws TransferException {
        Optional<Keeper> keeper =
                visitor.owner().filter(_ -> keepsPartials()).map(owner -> new Keeper(owner, partials, marks));
        if (keeper.isPresent()) {
            inherit();
        }
        Grant grant = visitor.grant();
        Disk rules = rules(grant.over(disk.options()), grant.directory());
        return grant.guarding(
                switch (visitor.placing()) {
                    case ONE_BY_ONE -> open(rules, keeper);
                    case ALL_AT_ONCE -> new AtomicInbox(own(rules, keeper), newTransfer(), keeper, trees);
                });
    }

    /** Opens an inbox by the folder's own rules, for somebody unknown. */
    Inbox open() throws TransferException {
        return open(disk, Optional.empty());
    }

    /**
     * Opens an inbox for a sender with rules of its own.
     *
     * @param options whose sync policy must be that of the folder
     * @param part to which the sender is confined; empty for the whole folder
     * @param keeper of what outlives the transfer if it breaks
     */
    Inbox open(StorageOptions options, Optional<RelativePath> part, Optional<Keeper> keeper) throws TransferException {
        return open(rules(options, part), keeper);
    }

    private Disk rules(StorageOptions options, Optional<RelativePath> part) throws TransferException {
        OutFolder place = part.isEmpty() ? disk.out() : disk.out().confinedTo(part.get());
        return disk.with(place, options);
    }

    /** Removes what was kept for transfers that nobody has tried again; any thread that may do file I/O. */
    void sweep() {
        Instant limit = keepsPartials() ? Instant.now().minus(keepPartial) : Instant.MAX;
        kept.removeOlderThan(limit);
        marks.removeOlderThan(limit);
    }

    private Inbox open(Disk rules, Optional<Keeper> keeper) throws TransferException {
        return new DirectoryInbox(own(rules, keeper), newTransfer(), keeper);
    }

    /** Whoever is unknown costs nobody what is kept. */
    private static Disk own(Disk rules, Optional<Keeper> keeper) {
        return keeper.isPresent() ? rules : rules.sparingWhatIsKept();
    }

    private Path newTransfer() throws TransferException {
        try {
            return staging.newTransfer();
        } catch (IOException e) {
            throw disk.failures().explain(root(), "prepared for a transfer", e);
        }
    }

    private void inherit() {
        staging.inherit(new Inheritance());
        try {
            trees.lookAtArrivals();
        } catch (IOException e) {
            // What could not be looked at stays claimed, so that nobody goes on with it, for the next receiver.
        }
        disk.budget().trim();
    }

    private boolean keepsPartials() {
        return keepPartial.isPositive();
    }

    /** Says that threads may still write when this is closed, so that staging must be left to the end of the process. */
    void leave() {
        isLeft = true;
    }

    @Override
    public void close() {
        if (isLeft) {
            staging.leave();
        } else {
            staging.close();
        }
    }

    /** What dead receivers have left becomes ours. */
    private final class Inheritance implements Staging.Heir {
        @Override
        public void inheritPartials(Path theirs) throws IOException {
            partials.inherit(theirs, staging.ownership());
        }

        @Override
        public void inheritMarks(Path theirs) throws IOException {
            marks.inherit(theirs);
        }

        @Override
        public void inheritTrees(Path theirs) throws IOException {
            trees.inherit(theirs, staging.ownership());
        }
    }
}
