package ferry.receive;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Folders in staging that outlive their transfers, and who may touch them. Thread-safe, and for threads that may do file I/O.
 *
 * <p>Whoever has claimed a folder is the only one to touch what is in it: a transfer that goes on with it, or somebody who takes
 * it over from a dead receiver, or removes it because it is old or its room is needed. Nobody waits for a claim.
 */
final class KeptFolders implements KeptSpace {
    /** What {@link Owner#key} gives. */
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{32}");

    private final Set<Path> claimed = ConcurrentHashMap.newKeySet();

    /** What nobody has claimed. */
    private final Map<Path, Kept> kept = new ConcurrentHashMap<>();

    private final AtomicLong keptBytes = new AtomicLong();

    /** A kept folder, and how to get rid of it. */
    private record Kept(Path folder, long bytes, Instant lastUsed, Work removal) {}

    /** Work on a folder that nobody else may have claimed meanwhile. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Work that may come to something. */
    @FunctionalInterface
    interface Opening<T> {
        T open() throws IOException;
    }

    /** All that a receiver, dead or alive, keeps in a folder, which need not exist. */
    static List<Path> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
            for (Path each : folders) {
                if (KEY.matcher(each.getFileName().toString()).matches() && Found.at(each) == Found.DIRECTORY) {
                    found.add(each);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // There are none.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    /**
     * Claims a folder, and opens what is in it.
     *
     * @return empty if another has it, or if the disk does not let us: then it stays as it is for another time, as when file
     *     handles are short
     */
    <T> Optional<T> claim(Path folder, Opening<T> opening) {
        if (!claimed.add(folder)) {
            return Optional.empty();
        }
        Optional<Kept> before = forget(folder);
        boolean isClaimed = false;
        try {
            T opened = opening.open();
            isClaimed = true;
            return Optional.of(opened);
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            if (!isClaimed) {
                before.ifPresent(this::remember);
                claimed.remove(folder);
            }
        }
    }

    /** Does some work on a folder, unless another has it. */
    void whileClaimed(Path folder, Work work) throws IOException {
        if (claimed.add(folder)) {
            try {
                work.run();
            } finally {
                claimed.remove(folder);
            }
        }
    }

    /** For whoever has claimed it: there is so much in it from now on. */
    void keep(Path folder, long bytes, Instant lastUsed, Work removal) {
        remember(new Kept(folder, bytes, lastUsed, removal));
    }

    /** Ends a claim, and keeps the folder. */
    void release(Path folder, long bytes, Work removal) {
        release(folder, bytes, Instant.now(), removal);
    }

    /** The same for one that was last used then. */
    void release(Path folder, long bytes, Instant lastUsed, Work removal) {
        keep(folder, bytes, lastUsed, removal);
        claimed.remove(folder);
    }

    /** Ends a claim, and removes the folder. */
    void remove(Path folder, Work removal) {
        try {
            removal.run();
            claimed.remove(folder);
        } catch (IOException e) {
            // It stays claimed, so that nobody goes on with it.
        }
    }

    /** Whether nothing is kept that nobody has claimed. */
    boolean isEmpty() {
        return kept.isEmpty();
    }

    /** Removes a folder, unless somebody has claimed it. */
    void drop(Path folder) {
        Optional.ofNullable(kept.get(folder)).ifPresent(this::evict);
    }

    /** Removes what nobody has come back for since then. */
    void removeOlderThan(Instant limit) {
        for (Kept old : kept.values()) {
            if (old.lastUsed().isBefore(limit)) {
                evict(old);
            }
        }
    }

    @Override
    public long bytes() {
        return keptBytes.get();
    }

    @Override
    public boolean evictOldest() {
        while (true) {
            Optional<Kept> oldest = kept.values().stream()
                    .filter(folder -> !claimed.contains(folder.folder()))
                    .min(Comparator.comparing(Kept::lastUsed));
            if (oldest.isEmpty()) {
                return false;
            }
            if (evict(oldest.get())) {
                return true;
            }
        }
    }

    private boolean evict(Kept old) {
        if (!claimed.add(old.folder())) {
            return false;
        }
        if (!old.equals(kept.get(old.folder()))) {
            claimed.remove(old.folder());
            return false;
        }
        forget(old.folder());
        remove(old.folder(), old.removal());
        return true;
    }

    /** For whoever has claimed it, as also {@link #forget}. */
    private void remember(Kept folder) {
        kept.put(folder.folder(), folder);
        keptBytes.addAndGet(folder.bytes());
    }

    private Optional<Kept> forget(Path folder) {
        Optional<Kept> before = Optional.ofNullable(kept.remove(folder));
        before.ifPresent(folderBefore -> keptBytes.addAndGet(-folderBefore.bytes()));
        return before;
    }
}
