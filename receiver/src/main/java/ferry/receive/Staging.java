package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code .ferry/<random>/} in which one receiver process stages, and the lock that tells others so.
 *
 * <pre>
 * lock                              locked as long as the process lives
 * N/                                what transfer N has there, removed with it
 * partial/KEY/content, .../journal  see {@link Partials}
 * marks/OWNER/KEY                   see {@link Marks}
 * trees/KEY/                        see {@link TreeFolder}
 * </pre>
 *
 * <p>Whoever gets the lock owns the folder. So what dead processes have left is removed by the next that starts, but for the
 * last three, which outlive the process: {@link #inherit} moves them to another. The lock file is removed only by its owner, and
 * last; whoever has locked one therefore looks whether it is still there. Thread-safe.
 */
final class Staging implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String PARTIALS = "partial";
    private static final String MARKS = "marks";
    private static final String TREES = "trees";
    private static final int RANDOM_BYTES = 8;

    /** So often another receiver may clear away what we have just made, before we give up. */
    private static final int ATTEMPTS = 100;

    /**
     * The folders of this process. A file lock belongs to the process, and is lost when any channel to its file is
     * closed: a second receiver in this process must not even open one of them.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    /** For the same reason only one thread of this process looks at the locks of others, or gives one back, at a time. */
    private static final ReentrantLock AT_THE_LOCKS = new ReentrantLock();

    /** Locks that are kept until the process ends, here, since a channel that nobody knows is closed. */
    private static final Set<FileChannel> NEVER_GIVEN_UP = ConcurrentHashMap.newKeySet();

    private static final Set<String> OUTLIVING = Set.of(PARTIALS, MARKS, TREES);

    private final Path all;
    private final Path folder;
    private final FileChannel lock;
    private final Ownership ownership;
    private final AtomicLong transfers = new AtomicLong();

    /** Takes over what outlives a process. */
    interface Heir {
        void inheritPartials(Path theirs) throws IOException;

        void inheritMarks(Path theirs) throws IOException;

        void inheritTrees(Path theirs) throws IOException;
    }

    private Staging(Path all, Path folder, FileChannel lock, Ownership ownership) {
        this.all = all;
        this.folder = folder;
        this.lock = lock;
        this.ownership = ownership;
    }

    /**
     * Removes what dead receivers have left in a folder, and makes a place of our own.
     *
     * @param out the folder that is received into, free of symbolic links
     * @throws TransferException DESTINATION_UNUSABLE
     */
    static Staging open(Path out) throws TransferException {
        Path all = out.resolve(RelativePath.RESERVED);
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                requireOrdinary(out, all);
                forEachAbandoned(all, _ -> OUTLIVING);
                Staging staging = tryOpen(all);
                if (staging != null) {
                    return staging;
                }
            }
            throw unusable(out, "other receivers keep removing '%s'".formatted(RelativePath.RESERVED));
        } catch (IOException e) {
            throw new TransferException(
                    ErrorCode.DESTINATION_UNUSABLE,
                    out.toString(),
                    "cannot be written to: " + DiskFailures.reason(e),
                    e);
        }
    }

    /** The place for all that is not a transfer's. */
    Path folder() {
        return folder;
    }

    /** Where partial files are kept; made when there is one. */
    Path partials() {
        return partialsIn(folder);
    }

    /** Where a receiver keeps partial files. */
    static Path partialsIn(Path folder) {
        return folder.resolve(PARTIALS);
    }

    /** Where directories are marked; made when there is one. */
    Path marks() {
        return folder.resolve(MARKS);
    }

    /** Where trees are put together that are to appear at once; made when there is one. */
    Path trees() {
        return treesIn(folder);
    }

    /** Where a receiver puts them together. */
    static Path treesIn(Path folder) {
        return folder.resolve(TREES);
    }

    /** What of the disk is ours. */
    Ownership ownership() {
        return ownership;
    }

    /**
     * Hands over what outlives them of dead receivers of our user, and removes the rest of them. Any thread that may do file I/O.
     */
    void inherit(Heir heir) {
        try {
            forEachAbandoned(all, dead -> {
                if (!ownership.has(dead)) {
                    // Somebody may still write to what is in there, also when it has its final name.
                    return OUTLIVING;
                }
                inherit(dead, heir);
                return Set.of();
            });
        } catch (IOException e) {
            // They stay where they are.
        }
    }

    private static void inherit(Path dead, Heir heir) throws IOException {
        Path partials = dead.resolve(PARTIALS);
        if (Found.at(partials) == Found.DIRECTORY) {
            heir.inheritPartials(partials);
        }
        Path marks = dead.resolve(MARKS);
        if (Found.at(marks) == Found.DIRECTORY) {
            heir.inheritMarks(marks);
        }
        Path trees = treesIn(dead);
        if (Found.at(trees) == Found.DIRECTORY) {
            heir.inheritTrees(trees);
        }
    }

    /** Makes a new folder for one transfer, which removes it. */
    Path newTransfer() throws IOException {
        Path transfer = folder.resolve(Long.toString(transfers.incrementAndGet()));
        return Files.createDirectory(transfer, Permissions.privateDirectory(transfer));
    }

    /** Removes the folder but for what outlives it, and {@code .ferry} with it if nothing is left there. */
    @Override
    public void close() {
        try (lock) {
            removeLocked(folder, OUTLIVING);
        } catch (IOException e) {
            // It will be found abandoned by the next receiver.
        } finally {
            OURS.remove(folder);
        }
    }

    /**
     * In place of {@link #close}, where threads may still write: the folder stays as it is, and locked until this process ends, or
     * another receiver would go on with files into which we write.
     */
    void leave() {
        NEVER_GIVEN_UP.add(lock);
    }

    /** Deletes a folder and all in it, as far as possible; links are not followed. */
    static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new TreeRemover(Set.of()));
    }

    private static void requireOrdinary(Path out, Path all) throws IOException, TransferException {
        try {
            Files.createDirectory(all, Permissions.privateDirectory(all));
        } catch (FileAlreadyExistsException e) {
            Found found = Found.at(all);
            if (found != Found.DIRECTORY && found != Found.NOTHING) {
                throw unusable(
                        out,
                        "expected '%s' in it to be a directory, a %s is there"
                                .formatted(RelativePath.RESERVED, found.words()));
            }
        }
    }

    /** Null if another receiver has taken away what we were making. */
    private static @Nullable Staging tryOpen(Path all) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        Path folder = all.resolve(HexFormat.of().formatHex(random));
        OURS.add(folder);
        FileChannel channel = null;
        boolean opened = false;
        try {
            Files.createDirectory(folder, Permissions.privateDirectory(folder));
            Path lockFile = folder.resolve(LOCK);
            channel = FileChannel.open(
                    lockFile,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    Permissions.privateFile(lockFile));
            FileLock lock = channel.tryLock();
            Ownership ownership = Ownership.ofWhoMade(folder);
            opened = lock != null && Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS);
            return opened ? new Staging(all, folder, channel, ownership) : null;
        } catch (NoSuchFileException e) {
            return null;
        } finally {
            if (!opened) {
                OURS.remove(folder);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /** Takes what it wants of a folder whose lock we hold, in moments; then the rest is removed. */
    @FunctionalInterface
    private interface Undertaker {
        /** Returns the names in it that stay. */
        Set<String> take(Path dead) throws IOException;
    }

    private static void forEachAbandoned(Path all, Undertaker undertaker) throws IOException {
        for (Path folder : foldersIn(all)) {
            if (Found.at(folder) == Found.DIRECTORY) {
                buryIfAbandoned(folder, undertaker);
            }
        }
    }

    private static List<Path> foldersIn(Path all) throws IOException {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(all)) {
            found.forEach(folders::add);
        } catch (NoSuchFileException e) {
            // Another receiver has just removed it all.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return folders;
    }

    /** While it is buried it counts as ours, so that nobody of this process comes near its lock. */
    private static void buryIfAbandoned(Path folder, Undertaker undertaker) {
        FileChannel held = null;
        try {
            Set<String> kept;
            AT_THE_LOCKS.lock();
            try {
                held = lockIfAbandoned(folder);
                if (held == null) {
                    return;
                }
                kept = undertaker.take(folder);
            } finally {
                AT_THE_LOCKS.unlock();
            }
            removeLocked(folder, kept);
        } catch (IOException | OverlappingFileLockException e) {
            // Somebody else's, or not to be removed by us: it harms nobody.
        } finally {
            if (held != null) {
                giveBack(folder, held);
            }
        }
    }

    /** For whoever is at the locks; null if the folder is not abandoned. */
    private static @Nullable FileChannel lockIfAbandoned(Path folder) throws IOException {
        if (OURS.contains(folder)) {
            return null;
        }
        Path lockFile = folder.resolve(LOCK);
        FileChannel channel;
        try {
            channel = FileChannel.open(lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            removeIfEmpty(folder);
            return null;
        }
        boolean isHeld = false;
        try {
            isHeld = channel.tryLock() != null && Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS);
            if (isHeld) {
                OURS.add(folder);
            }
            return isHeld ? channel : null;
        } finally {
            if (!isHeld) {
                channel.close();
            }
        }
    }

    private static void giveBack(Path folder, FileChannel held) {
        AT_THE_LOCKS.lock();
        try (held) {
            OURS.remove(folder);
        } catch (IOException e) {
            // It is closed nevertheless.
        } finally {
            AT_THE_LOCKS.unlock();
        }
    }

    /**
     * Removes a folder whose lock we hold, and then what is above it if that is empty.
     *
     * @param kept names in it that stay, unless they are empty; then the lock stays too, for whoever comes next
     */
    private static void removeLocked(Path folder, Set<String> kept) throws IOException {
        Path lockFile = folder.resolve(LOCK);
        Set<Path> spared = new HashSet<>(Set.of(lockFile));
        for (String name : kept) {
            Path path = folder.resolve(name);
            removeIfEmpty(path);
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                spared.add(path);
            }
        }
        Files.walkFileTree(folder, new TreeRemover(spared));
        if (spared.size() > 1) {
            return;
        }
        Files.deleteIfExists(lockFile);
        removeIfEmpty(folder);
        Path all = folder.getParent();
        if (all != null) {
            removeIfEmpty(all);
        }
    }

    private static void removeIfEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // In use by somebody else.
        }
    }

    private static TransferException unusable(Path out, String why) {
        return new TransferException(ErrorCode.DESTINATION_UNUSABLE, out.toString(), why);
    }
}
