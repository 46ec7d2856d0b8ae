package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The folder that is received into, and the only way to anything below it: no component of a path is a symbolic link,
 * which is looked at anew each time, right before the path is used. The folder itself may be reached through one.
 * Thread-safe.
 *
 * <p>A sender may be confined to a folder inside of it: to that one all paths are relative then, and no answer names
 * what is above; yet what is above is looked at like any other component, up to the folder that is received into.
 */
class OutFolder {
    private final Path top;
    private final Path root;
    private final DirectorySync sync;
    private final DiskFailures failures;

    /** @param top free of symbolic links */
    OutFolder(Path top, DirectorySync sync, DiskFailures failures) {
        this(top, top, sync, failures);
    }

    /** The same folder. */
    OutFolder(OutFolder folder) {
        this(folder.top, folder.root, folder.sync, folder.failures);
    }

    private OutFolder(Path top, Path root, DirectorySync sync, DiskFailures failures) {
        this.top = top;
        this.root = root;
        this.sync = sync;
        this.failures = failures;
    }

    /** Whether it is used for a moment, by one thread: {@link Inbox#forOneGo}. */
    boolean isForOneGo() {
        return false;
    }

    /** What paths are relative to. */
    Path root() {
        return root;
    }

    /**
     * The same folder for a sender that is confined to this part of it, which is created when something is placed in it.
     *
     * @throws TransferException NAME_REFUSED if this machine's file system cannot have such a name
     */
    OutFolder confinedTo(RelativePath folder) throws TransferException {
        return new OutFolder(top, folder.under(root), sync, failures);
    }

    /** A folder of ours that stands for this one, and for the part of it to which the sender is confined. */
    OutFolder inside(Path standIn, DirectorySync standInSync) {
        return new OutFolder(standIn, standIn.resolve(top.relativize(root).toString()), standInSync, failures);
    }

    /** What a place is called from where paths are relative to. */
    String name(Path target) {
        return root.relativize(target).toString();
    }

    /** What a place is called from the folder that is received into, to whichever part of it a sender is confined. */
    String below(Path target) {
        return top.relativize(target).toString();
    }

    /**
     * Where a path is; whether it may be there, {@link #check} says.
     *
     * @throws TransferException NAME_REFUSED if this machine's file system cannot have such a name
     */
    Path place(RelativePath path) throws TransferException {
        return path.under(root);
    }

    /**
     * Finds the place of a path whose directories need not exist yet.
     *
     * @throws TransferException NAME_REFUSED if a component above it is a symbolic link, KIND_CONFLICT if one is a file
     */
    Path check(RelativePath path) throws TransferException {
        Path target = place(path);
        try {
            for (Path directory : ancestors(target)) {
                if (!isDirectory(directory, path)) {
                    break;
                }
            }
            return target;
        } catch (IOException e) {
            throw failures.explain(path, "looked up", e);
        }
    }

    /** Finds the place of a path, and creates the directories above it that are missing. */
    Path prepare(RelativePath path) throws TransferException {
        Path target = place(path);
        try {
            for (Path directory : ancestors(target)) {
                if (!isDirectory(directory, path)) {
                    create(directory, path);
                }
            }
            return target;
        } catch (IOException e) {
            throw failures.explain(path, "given a directory", e);
        }
    }

    /**
     * Refuses a path on another file system than the folder's: staged files could only be copied there, under the eyes
     * of everybody.
     */
    void requireSameFileSystem(RelativePath path, Path target) throws TransferException {
        try {
            Path nearest = nearestExisting(target);
            if (!device(nearest).equals(device(top))) {
                throw new TransferException(
                        ErrorCode.NOT_ALLOWED,
                        path.toString(),
                        "%s is on another file system than the folder that is received into".formatted(shown(nearest)));
            }
        } catch (IOException e) {
            throw failures.explain(path, "looked up", e);
        }
    }

    /** The directory in which what is missing on the way to the target will be created. */
    private Path nearestExisting(Path target) throws IOException {
        for (Path directory : ancestors(target).reversed()) {
            if (Found.at(directory) != Found.NOTHING) {
                return directory;
            }
        }
        return top;
    }

    /** How a sender may be told of it. */
    private String shown(Path directory) {
        return directory.startsWith(root) && !directory.equals(root)
                ? "'%s'".formatted(root.relativize(directory))
                : "the folder for this sender";
    }

    private void create(Path directory, RelativePath path) throws IOException, TransferException {
        sync.forget(directory);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!isDirectory(directory, path)) {
                throw e;
            }
        }
    }

    /** False if there is nothing; whatever else is there is refused. */
    private boolean isDirectory(Path directory, RelativePath path) throws IOException, TransferException {
        Found found = Found.at(directory);
        return switch (found) {
            case NOTHING -> false;
            case DIRECTORY -> true;
            case LINK ->
                throw new TransferException(
                        ErrorCode.NAME_REFUSED,
                        path.toString(),
                        "%s is a symbolic link, which the receiver does not follow".formatted(shown(directory)));
            case FILE, SPECIAL ->
                throw new TransferException(
                        ErrorCode.KIND_CONFLICT,
                        path.toString(),
                        "expected %s to be a directory, a %s is there".formatted(shown(directory), found.words()));
        };
    }

    /** The directories between the top and the target, from above. */
    private List<Path> ancestors(Path target) {
        List<Path> ancestors = new ArrayList<>();
        for (Path directory = target.getParent();
                directory != null && !directory.equals(top);
                directory = directory.getParent()) {
            ancestors.add(directory);
        }
        return ancestors.reversed();
    }

    /** What tells file systems apart; where nothing does, all are one, and placing will tell. */
    private static Object device(Path directory) throws IOException {
        return directory.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(directory, "unix:dev", LinkOption.NOFOLLOW_LINKS)
                : directory.getRoot();
    }
}
