package ferry.receive;

import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * What all transfers into one folder share, and the rules for one or all of them; every part is thread-safe.
 *
 * @param handles how many staged files may stay open between writes; the others are opened for each
 */
record Disk(
        OutFolder out,
        SpaceBudget budget,
        Syncer syncer,
        DirectorySync sync,
        Permissions permissions,
        NameTaking naming,
        DiskFailures failures,
        Placer placer,
        Semaphore handles,
        StorageOptions options) {

    /** The same for one transfer that goes elsewhere in the folder, or by other rules. */
    Disk with(OutFolder place, StorageOptions rules) {
        return new Disk(
                place,
                budget,
                syncer,
                sync,
                permissions,
                naming,
                failures,
                new Placer(place, failures, rules),
                handles,
                rules);
    }

    /** The same for one transfer for which nothing that is kept of others makes way. */
    Disk sparingWhatIsKept() {
        return new Disk(
                out, budget.sparingWhatIsKept(), syncer, sync, permissions, naming, failures, placer, handles, options);
    }

    /** The same for what is put together in a folder in staging, which stands for this one; there nothing stays as it was. */
    Disk staging(Path content) {
        DirectorySync own = new DirectorySync(content, syncer);
        OutFolder place = out.inside(content, own);
        StorageOptions rules = options.with(ConflictPolicy.OVERWRITE);
        return new Disk(
                place,
                budget,
                syncer,
                own,
                permissions,
                naming,
                failures,
                new Placer(place, failures, rules),
                handles,
                rules);
    }

    /** The same for what is only compared: whatever differs is refused, and no name is ever taken. */
    Disk comparing() {
        StorageOptions rules = options.with(ConflictPolicy.FAIL);
        return new Disk(
                out,
                budget,
                syncer,
                sync,
                permissions,
                NameTaking.NEVER,
                failures,
                new Placer(out, failures, rules),
                handles,
                rules);
    }

    /** Makes the names of placements durable, each directory once; returns those that are not, and why. */
    Map<Placement, TransferException> makeDurable(Collection<Placement> placements) {
        Set<Path> directories = new LinkedHashSet<>();
        placements.forEach(placement -> placement.unsynced().ifPresent(directories::add));
        Map<Path, IOException> lost = sync.sync(directories);
        Map<Placement, TransferException> failed = new HashMap<>();
        for (Placement placement : placements) {
            IOException failure = placement.unsynced().map(lost::get).orElse(null);
            if (failure != null) {
                failed.put(placement, failures.explain(placement.path(), "made durable", failure));
            }
        }
        return failed;
    }
}
