package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * A folder that is received into, by this process and perhaps by others at the same time. Thread-safe.
 *
 * <p>Closing it removes what this process has staged, so every inbox must be closed before.
 */
final class ReceiveFolder implements InboxFactory, AutoCloseable {
    /** So many staged files stay open between writes; a peer that begins more of them gets slower, nobody else does. */
    private static final int MAX_HANDLES = 256;

    private final Staging staging;
    private final Disk disk;

    private ReceiveFolder(Staging staging, Disk disk) {
        this.staging = staging;
        this.disk = disk;
    }

    /**
     * Makes sure that the folder can be received into; creates it if there is none.
     *
     * @throws TransferException DESTINATION_UNUSABLE
     */
    static ReceiveFolder open(Path directory, StorageOptions options) throws TransferException {
        try {
            Files.createDirectories(directory);
            Path root = directory.toRealPath();
            return open(root, options, FreeSpace.in(root));
        } catch (IOException e) {
            throw new TransferException(
                    ErrorCode.DESTINATION_UNUSABLE,
                    directory.toString(),
                    "cannot be received into: " + DiskFailures.reason(e),
                    e);
        }
    }

    private static ReceiveFolder open(Path root, StorageOptions options, FreeSpace space)
            throws TransferException, IOException {
        Staging staging = Staging.open(root);
        try {
            Syncer syncer = Syncer.of(options.sync());
            DirectorySync sync = new DirectorySync(root, syncer);
            DiskFailures failures = new DiskFailures(space);
            OutFolder out = new OutFolder(root, sync, failures);
            Disk disk = new Disk(
                    out,
                    new SpaceBudget(space),
                    syncer,
                    sync,
                    Permissions.probe(staging.folder()),
                    NameTaking.probe(staging.folder()),
                    failures,
                    new Placer(out, failures, options),
                    new Semaphore(MAX_HANDLES),
                    options);
            return new ReceiveFolder(staging, disk);
        } catch (IOException e) {
            staging.close();
            throw e;
        }
    }

    /** The folder itself, absolute and free of symbolic links. */
    Path root() {
        return disk.out().root();
    }

    @Override
    public Inbox open(Visitor visitor) throws TransferException {
        Grant grant = visitor.grant();
        return grant.guarding(open(grant.over(disk.options()), grant.directory()));
    }

    /** Opens an inbox by the folder's own rules. */
    Inbox open() throws TransferException {
        return open(disk);
    }

    /**
     * Opens an inbox for a sender with rules of its own.
     *
     * @param options whose sync policy must be that of the folder
     * @param part to which the sender is confined; empty for the whole folder
     */
    Inbox open(StorageOptions options, Optional<RelativePath> part) throws TransferException {
        OutFolder place = part.isEmpty() ? disk.out() : disk.out().confinedTo(part.get());
        return open(disk.with(place, options));
    }

    private Inbox open(Disk rules) throws TransferException {
        try {
            return new DirectoryInbox(rules, staging.newTransfer());
        } catch (IOException e) {
            throw disk.failures().explain(root(), "prepared for a transfer", e);
        }
    }

    @Override
    public void close() {
        staging.close();
    }
}
