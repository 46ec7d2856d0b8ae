package ferry.receive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Syncs directories so that the names in them last. One for all transfers of a receiver; thread-safe.
 *
 * <p>A name lasts only if each directory above it does, so a directory's sync takes in those of its ancestors up to the
 * folder that is received into, unless they are known to be done since the directory was made. This holds also for a
 * directory that another entry, another transfer or another program made a moment ago, whose own sync is yet to come.
 *
 * <p>Its lock guards what is known and is not held while syncing.
 */
final class DirectorySync {
    /** Directories that are known to last; a forgotten one costs a sync more, which is quick when nothing changed. */
    private static final int MAX_KNOWN = 4_096;

    private static final Object LASTING = new Object();

    private final Path root;
    private final Syncer syncer;

    /** A directory and {@link #LASTING}, or the round that is about to make it so. Its own lock. */
    private final Map<Path, Object> known = new Recent();

    /** @param root what is above it, and its own name, is not our concern */
    DirectorySync(Path root, Syncer syncer) {
        this.root = root;
        this.syncer = syncer;
    }

    /** A directory is about to be created: whatever was known of one that had this name before is not true of it. */
    void forget(Path directory) {
        synchronized (known) {
            known.remove(directory);
        }
    }

    /**
     * Makes the names in these directories last, each directory synced at most once.
     *
     * @return the directories whose names may be lost, and why
     */
    Map<Path, IOException> sync(Collection<Path> directories) {
        Round round = new Round(directories);
        round.toSync.addAll(directories);
        Map<Path, IOException> failures = round.run();
        return affected(directories, failures, 0);
    }

    /**
     * Makes these directories themselves last, but not the names in them.
     *
     * @return those that may be lost, and why
     */
    Map<Path, IOException> syncNames(Collection<Path> directories) {
        Map<Path, IOException> failures = new Round(directories).run();
        return affected(directories, failures, 1);
    }

    /** Which of the directories have a failure on their way up, whose lowest so many do not count. */
    private Map<Path, IOException> affected(Collection<Path> directories, Map<Path, IOException> failures, int lowest) {
        Map<Path, IOException> affected = new HashMap<>();
        if (failures.isEmpty()) {
            return affected;
        }
        for (Path directory : directories) {
            List<Path> way = wayUp(directory);
            for (Path above : way.subList(Math.min(lowest, way.size()), way.size())) {
                IOException failure = failures.get(above);
                if (failure != null) {
                    affected.put(directory, failure);
                }
            }
        }
        return affected;
    }

    /** The directory, those above it, and last the root. */
    private List<Path> wayUp(Path directory) {
        List<Path> way = new ArrayList<>();
        for (Path above = directory; above != null && !above.equals(root); above = above.getParent()) {
            way.add(above);
        }
        way.add(root);
        return way;
    }

    /** One round of syncs: used by one thread, once. */
    private final class Round {
        private final Set<Path> toSync = new LinkedHashSet<>();

        /** Directories that will last when their parent, the value, is synced. */
        private final Map<Path, Path> pending = new LinkedHashMap<>();

        Round(Collection<Path> directories) {
            synchronized (known) {
                for (Path directory : directories) {
                    List<Path> way = wayUp(directory);
                    for (int i = 0; i < way.size() - 1; i++) {
                        if (known.get(way.get(i)) != LASTING) {
                            known.put(way.get(i), this);
                            pending.put(way.get(i), way.get(i + 1));
                        }
                    }
                }
            }
            toSync.addAll(pending.values());
        }

        Map<Path, IOException> run() {
            Map<Path, IOException> failures = new HashMap<>();
            for (Path directory : toSync) {
                try {
                    syncer.names(directory);
                } catch (IOException e) {
                    failures.put(directory, e);
                }
            }
            synchronized (known) {
                pending.forEach((directory, parent) -> {
                    if (!failures.containsKey(parent)) {
                        // Not if it was forgotten meanwhile, for then it is another one.
                        known.replace(directory, this, LASTING);
                    }
                });
            }
            return failures;
        }
    }

    /** Forgets what was asked for longest ago. */
    private static final class Recent extends LinkedHashMap<Path, Object> {
        private static final long serialVersionUID = 1;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Object> eldest) {
            return size() > MAX_KNOWN;
        }
    }
}
