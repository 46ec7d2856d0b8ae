package ferry.receive;

import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Puts complete files and links under their final names, which are decided here and not before. Thread-safe.
 *
 * <p>A free name is taken in one step that refuses to replace, so of two that want it at the same moment one finds it
 * taken, and gets the policy. Only {@code overwrite} ever replaces, in one step too.
 */
final class Placer {
    /** So often a name may be taken by somebody and be free when we look, before we give up. */
    private static final int ATTEMPTS = 16;

    private final OutFolder out;
    private final DiskFailures failures;
    private final ConflictPolicy policy;
    private final SyncPolicy sync;
    private final ReadOnlyNames readOnly;

    Placer(OutFolder out, DiskFailures failures, StorageOptions options) {
        this.out = out;
        this.failures = failures;
        this.policy = options.onConflict();
        this.sync = options.sync();
        this.readOnly = options.readOnly();
    }

    /**
     * Places what has arrived, or finds it there already.
     *
     * @throws TransferException the refusals of {@link Inbox#admit}, or STORAGE_FAILED
     */
    Placement place(Arrival arrival, RelativePath offered) throws TransferException {
        Path target = out.prepare(offered);
        try {
            return switch (policy) {
                case RENAME -> number(arrival, offered, target);
                case OVERWRITE -> replace(arrival, offered, target);
                case SKIP, FAIL -> placeOrRefuse(arrival, offered, target);
            };
        } catch (IOException e) {
            throw failures.explain(offered, "placed", e);
        }
    }

    /** What is claimed of something that is under its final name. */
    Placement placement(RelativePath path, Path target, Outcome outcome) {
        Optional<Path> unsynced = switch (sync) {
            case FSYNC -> Optional.ofNullable(target.getParent());
            case NO_FSYNC -> Optional.empty();
        };
        return new Placement(path, outcome, sync.durability(), unsynced);
    }

    private Placement number(Arrival arrival, RelativePath offered, Path first) throws IOException, TransferException {
        NumberedNames names = new NumberedNames(offered);
        for (int number = 0; number <= NumberedNames.MAX_NUMBER; number++) {
            RelativePath path = names.get(number);
            if (number > 0 && readOnly.guarding(path).isPresent()) {
                continue;
            }
            Path target = number == 0 ? first : out.check(path);
            Found there = take(arrival, target);
            if (there == Found.NOTHING) {
                return placed(path, target);
            }
            if (number == 0) {
                policy.requireRoom(path, arrival.kind(), there);
            }
            if (arrival.isSameAs(target)) {
                return kept(arrival, path, target);
            }
        }
        throw new TransferException(
                ErrorCode.CONFLICT,
                offered.toString(),
                "the receiver has, or keeps from this sender, this name and all its numbers to %d"
                        .formatted(NumberedNames.MAX_NUMBER));
    }

    private Placement placeOrRefuse(Arrival arrival, RelativePath offered, Path target)
            throws IOException, TransferException {
        Found there = take(arrival, target);
        if (there == Found.NOTHING) {
            return placed(offered, target);
        }
        if (arrival.isSameAs(target)) {
            return kept(arrival, offered, target);
        }
        throw policy.refusal(offered, there);
    }

    private Placement replace(Arrival arrival, RelativePath offered, Path target)
            throws IOException, TransferException {
        Found there = take(arrival, target);
        if (there == Found.NOTHING) {
            return placed(offered, target);
        }
        policy.requireRoom(offered, arrival.kind(), there);
        if (arrival.isSameAs(target) && isUpdated(arrival, target)) {
            return kept(arrival, offered, target);
        }
        arrival.replace(target);
        return placed(offered, target);
    }

    /** Takes a name, and says so with NOTHING; else says what has it. */
    private static Found take(Arrival arrival, Path target) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                arrival.take(target);
                return Found.NOTHING;
            } catch (FileAlreadyExistsException e) {
                Found there = Found.at(target);
                if (there != Found.NOTHING) {
                    return there;
                }
            }
        }
        throw new FileAlreadyExistsException(target.toString());
    }

    /** What is not ours to change must be replaced, though its content is the same. */
    private static boolean isUpdated(Arrival arrival, Path target) {
        try {
            arrival.update(target);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Placement kept(Arrival arrival, RelativePath path, Path target) throws IOException {
        arrival.keep(target);
        return placement(path, target, Outcome.SAME);
    }

    /** Looks once more that no directory was swapped for a link in the very moment: then it is elsewhere. */
    private Placement placed(RelativePath path, Path target) throws TransferException {
        out.check(path);
        return placement(path, target, Outcome.PLACED);
    }
}
