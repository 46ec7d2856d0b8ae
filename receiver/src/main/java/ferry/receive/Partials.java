package ferry.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this receiver keeps of files whose transfers broke, each for its owner under its path. Thread-safe, and for threads
 * that may do file I/O. Whoever has claimed a partial file is the only one to touch it ({@link KeptFolders}).
 */
final class Partials {
    private final Path folder;
    private final Permissions permissions;
    private final KeptFolders kept;

    /** @param folder in the staging folder of this process; created when it is needed */
    Partials(Path folder, Permissions permissions, KeptFolders kept) {
        this.folder = folder;
        this.permissions = permissions;
        this.kept = kept;
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
        return kept.claim(place.path(), () -> open(place, new Journal.Header(owner, path, size)));
    }

    /** Takes over what a dead receiver of our user has left; what we have ourselves, or what is of no use, stays there. */
    void inherit(Path theirs, Ownership ownership) throws IOException {
        for (PartialFolder left : PartialFolder.in(theirs)) {
            if (left.isOwned(ownership)) {
                PartialFolder ours = new PartialFolder(folder.resolve(left.key()));
                kept.whileClaimed(ours.path(), () -> move(left, ours));
            }
        }
    }

    /** Whether anything is kept that no transfer goes on with. */
    boolean hasUnclaimed() {
        return !kept.isEmpty();
    }

    /** Removes what is kept of an owner for a path, whose file has come otherwise; not if a transfer goes on with it. */
    void drop(Owner owner, String path) {
        if (hasUnclaimed()) {
            kept.drop(folder.resolve(owner.key(path)));
        }
    }

    /** Ends a claim, and keeps the file. */
    void release(PartialFolder place, long bytes) {
        kept.release(place.path(), bytes, () -> delete(place));
    }

    /** Ends a claim, and deletes the file. */
    void remove(PartialFolder place) {
        kept.remove(place.path(), () -> delete(place));
    }

    /** First of all its journal, without which nobody believes what is left of it. */
    private static void delete(PartialFolder place) throws IOException {
        Files.deleteIfExists(place.journal());
        place.remove();
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
            kept.keep(ours.path(), state.get().bytes(), state.get().lastUsed(), () -> delete(ours));
        } else {
            ours.remove();
        }
    }
}
