package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An {@link OutFolder} for one thread and a moment ({@link Inbox#forOneGo}): it looks at the directories above its files once
 * before the first of them is placed, and once more when the last is.
 */
final class RememberingFolder extends OutFolder {
    /** The directories of files, which were directories when they were looked at, and a path in each. */
    private final Map<Path, RelativePath> seen = new HashMap<>();

    /** Of files whose directories need not exist. */
    private final Set<Path> onThisFileSystem = new HashSet<>();

    private @Nullable RelativePath latest;
    private @Nullable Path latestPlace;

    /** Of the latest path, if it has one; and where that is. */
    private Optional<RelativePath> parent = Optional.empty();

    private Path directory;

    RememberingFolder(OutFolder folder) {
        super(folder);
        this.directory = root();
    }

    @Override
    boolean isForOneGo() {
        return true;
    }

    @Override
    Path check(RelativePath path) throws TransferException {
        Path place = place(path);
        return seen.containsKey(directory) ? place : super.check(path);
    }

    @Override
    Path prepare(RelativePath path) throws TransferException {
        Path place = place(path);
        if (!seen.containsKey(directory)) {
            super.prepare(path);
            seen.put(directory, path);
        }
        return place;
    }

    @Override
    void requireSameFileSystem(RelativePath path, Path target) throws TransferException {
        place(path);
        if (!onThisFileSystem.contains(directory)) {
            super.requireSameFileSystem(path, target);
            onThisFileSystem.add(directory);
        }
    }

    /** Looks again at all directories in which something may have been placed; returns those that are none any more. */
    Map<Path, TransferException> lost() {
        Map<Path, TransferException> lost = new HashMap<>();
        seen.forEach((directory, path) -> {
            try {
                super.check(path);
            } catch (TransferException e) {
                lost.put(directory, e);
            }
        });
        return lost;
    }

    /** Asked for several times for each file, one after the other, and for those of one directory after each other. */
    @Override
    Path place(RelativePath path) throws TransferException {
        Path known = latestPlace;
        if (known == null || latest == null || !latest.equals(path)) {
            Optional<RelativePath> above = path.parent();
            if (!above.equals(parent)) {
                directory = above.isPresent() ? super.place(above.get()) : root();
                parent = above;
            }
            known = path.inside(directory);
            latest = path;
            latestPlace = known;
        }
        return known;
    }
}
