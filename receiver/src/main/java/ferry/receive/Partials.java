package ferry.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What this receiver keeps of files whose transfers broke, each for its owner under its path. Thread-safe, and for threads
 * that may do file I/O.
 *
 * <p>Whoever has claimed a key is the only one to touch its files: a transfer that goes on with it, or somebody who takes it
 * over from a dead receiver, or removes it because it is old or its room is needed. Nobody waits for a claim.
 */
final class Partials implements KeptSpace {
    private final Path folder;
    private final Permissions permissions;
    private final Set<String> claimed = ConcurrentHashMap.newKeySet();

    /** What nobody has claimed. */
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private final AtomicLong keptBytes = new AtomicLong();

    private record Kept(PartialFolder folder, long bytes, Instant lastUsed) {}

    /** Work on a key that nobody else may have claimed meanwhile. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    /** @param folder in the staging folder of this process; created when it is needed */
    Partials(Path folder, Permissions permissions) {
        this.folder = folder;
        this.permissions = permissions;
    }

    /**
     * Claims the partial file of an owner for a path, which is made if there is none.
     *
     * @param path below the folder that is received into
     * @param size of the whole file as it is offered now
     * @return empty if another transfer has it, or if the disk does not let us: then nothing is kept of this one
     */
    Optional<Partial> claim(Owner owner, String path, long size) {
        PartialFolder place = new PartialFolder(folder.resolve(owner.key(path)));
        if (!claimed.add(place.key())) {
            return Optional.empty();
        }
        Kept before = forget(place.key());
        boolean isClaimed = false;
        try {
            Partial partial = open(place, new Journal.Header(owner, path, size));
            isClaimed = true;
            return Optional.of(partial);
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            if (!isClaimed) {
                putBack(place, before);
            }
        }
    }

    /** What cannot be looked at now, as when file handles are short, is good for another time. */
    private void putBack(PartialFolder place, @Nullable Kept before) {
        if (before != null) {
            remember(before);
        }
        claimed.remove(place.key());
    }

    /** Takes over what a dead receiver of our user has left; what we have ourselves, or what is of no use, stays there. */
    void inherit(Path theirs, Ownership ownership) throws IOException {
        for (PartialFolder left : PartialFolder.in(theirs)) {
            if (left.isOwned(ownership)) {
                PartialFolder ours = new PartialFolder(folder.resolve(left.key()));
                whileClaimed(ours, () -> move(left, ours));
            }
        }
    }

    /** Removes what is kept of an owner for a path, whose file has come otherwise; not if a transfer goes on with it. */
    void drop(Owner owner, String path) {
        if (kept.isEmpty()) {
            return;
        }
        Kept left = kept.get(owner.key(path));
        if (left != null) {
            evict(left);
        }
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
                    .filter(file -> !claimed.contains(file.folder().key()))
                    .min(Comparator.comparing(Kept::lastUsed));
            if (oldest.isEmpty()) {
                return false;
            }
            if (evict(oldest.get())) {
                return true;
            }
        }
    }

    /** Ends a claim, and keeps the file. */
    void release(PartialFolder place, long bytes) {
        remember(new Kept(place, bytes, Instant.now()));
        claimed.remove(place.key());
    }

    /** Ends a claim, and deletes the file: first of all its journal, without which nobody believes what is left of it. */
    void remove(PartialFolder place) {
        try {
            Files.deleteIfExists(place.journal());
            place.remove();
            claimed.remove(place.key());
        } catch (IOException e) {
            // It stays claimed, so that nobody goes on with it.
        }
    }

    private Partial open(PartialFolder place, Journal.Header header) throws IOException {
        Optional<PartialFolder.State> there = place.look();
        if (there.isEmpty()) {
            place.remove();
            place.create();
            return new Partial(this, place, header.size(), new ChunkRuns(), journal(place, header, new ChunkRuns()));
        }
        place.prepare(permissions, header.size());
        ChunkRuns chunks = there.get().chunks().within(Files.size(place.content()), header.size());
        return new Partial(this, place, header.size(), chunks, journal(place, header, chunks));
    }

    /** On a full disk a partial file may still be good to go on with, though no further chunk of it is remembered. */
    private static @Nullable Journal journal(PartialFolder place, Journal.Header header, ChunkRuns chunks) {
        try {
            return Journal.write(place.journal(), header, chunks);
        } catch (IOException e) {
            return null;
        }
    }

    private void move(PartialFolder left, PartialFolder ours) throws IOException {
        if (Found.at(ours.path()) != Found.NOTHING) {
            return;
        }
        Files.createDirectories(folder, Permissions.privateDirectory(folder));
        Files.move(left.path(), ours.path());
        Optional<PartialFolder.State> state = ours.look();
        if (state.isPresent()) {
            remember(new Kept(ours, state.get().bytes(), state.get().lastUsed()));
        } else {
            ours.remove();
        }
    }

    private boolean evict(Kept old) {
        String key = old.folder().key();
        if (!claimed.add(key)) {
            return false;
        }
        if (!old.equals(kept.get(key))) {
            claimed.remove(key);
            return false;
        }
        forget(key);
        remove(old.folder());
        return true;
    }

    /** For whoever has claimed it, as also {@link #forget}. */
    private void remember(Kept file) {
        kept.put(file.folder().key(), file);
        keptBytes.addAndGet(file.bytes());
    }

    private @Nullable Kept forget(String key) {
        Kept file = kept.remove(key);
        if (file != null) {
            keptBytes.addAndGet(-file.bytes());
        }
        return file;
    }

    private void whileClaimed(PartialFolder place, Work work) throws IOException {
        if (claimed.add(place.key())) {
            try {
                work.run();
            } finally {
                claimed.remove(place.key());
            }
        }
    }
}
