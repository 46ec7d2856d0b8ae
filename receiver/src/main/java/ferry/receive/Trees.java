package ferry.receive;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What this receiver keeps of trees that were to appear at once and have not, each for its owner under its path. Thread-safe, and
 * for threads that may do file I/O. Whoever has claimed a tree is the only one to touch it ({@link KeptFolders}).
 */
final class Trees {
    private final Path folder;
    private final Permissions permissions;
    private final KeptFolders kept;

    /** Claimed, and not looked at yet. */
    private final Queue<TreeFolder> arrivals = new ConcurrentLinkedQueue<>();

    /** @param folder in the staging folder of this process; created when it is needed */
    Trees(Path folder, Permissions permissions, KeptFolders kept) {
        this.folder = folder;
        this.permissions = permissions;
        this.kept = kept;
    }

    /**
     * Claims the tree of an owner for a path, which is begun if there is none.
     *
     * @param path of its root, below the folder that is received into
     * @return empty if another transfer has it, or if the disk does not let us: then nothing is kept of this one
     */
    Optional<StagedTree> claim(Owner owner, String path) {
        TreeFolder place = new TreeFolder(folder.resolve(owner.key(path)));
        return kept.claim(place.path(), () -> open(place, new Journal.Header(owner, path, 0)));
    }

    /**
     * Takes over what a dead receiver of our user has left, by renames alone; what we have ourselves stays there.
     * {@link #lookAtArrivals} must follow.
     */
    void inherit(Path theirs, Ownership ownership) throws IOException {
        for (TreeFolder left : TreeFolder.in(theirs)) {
            if (left.isOwned(ownership)) {
                TreeFolder ours = new TreeFolder(folder.resolve(left.key()));
                kept.claim(ours.path(), () -> move(left, ours)).ifPresent(arrivals::add);
            }
        }
    }

    /** Counts what was taken over, which may be much, and removes what is of no use. */
    void lookAtArrivals() throws IOException {
        for (TreeFolder arrived = arrivals.poll(); arrived != null; arrived = arrivals.poll()) {
            TreeFolder tree = arrived;
            Optional<TreeFolder.State> state = tree.look();
            if (state.isPresent()) {
                kept.release(tree.path(), tree.bytes(), state.get().lastUsed(), () -> tree.remove(permissions));
            } else {
                remove(tree);
            }
        }
    }

    /** Removes what is kept of an owner for a path, whose tree is there; not if a transfer goes on with it. */
    void drop(Owner owner, String path) {
        kept.drop(folder.resolve(owner.key(path)));
    }

    /** Ends a claim, and keeps the tree. */
    void release(TreeFolder place, long bytes) {
        kept.release(place.path(), bytes, () -> place.remove(permissions));
    }

    /** Ends a claim, and deletes what is there. */
    void remove(TreeFolder place) {
        kept.remove(place.path(), () -> place.remove(permissions));
    }

    private StagedTree open(TreeFolder place, Journal.Header header) throws IOException {
        if (place.look().isEmpty()) {
            place.remove(permissions);
            place.create(header);
            return new StagedTree(this, place, StagedTree.Origin.NEW, 0);
        }
        place.touch(header);
        return new StagedTree(this, place, StagedTree.Origin.KEPT, place.bytes());
    }

    private TreeFolder move(TreeFolder left, TreeFolder ours) throws IOException {
        if (Found.at(ours.path()) != Found.NOTHING) {
            throw new FileAlreadyExistsException(ours.path().toString());
        }
        Files.createDirectories(folder, Permissions.privateDirectory(folder));
        Files.move(left.path(), ours.path());
        return ours;
    }
}
