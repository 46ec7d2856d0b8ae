package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code .ferry/<random>/} in which one receiver process stages, and the lock that tells others so.
 *
 * <p>Each such folder has a file {@value #LOCK}, locked as long as its process lives. Whoever gets the lock owns the
 * folder, so what dead processes have left is removed by the next that starts. The lock file is removed only by its
 * owner, and last; whoever has locked one therefore looks whether it is still there. Thread-safe.
 */
final class Staging implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final int RANDOM_BYTES = 8;

    /** So often another receiver may clear away what we have just made, before we give up. */
    private static final int ATTEMPTS = 100;

    /**
     * The folders of this process. A file lock belongs to the process, and is lost when any channel to its file is
     * closed: a second receiver in this process must not even open one of them.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel lock;
    private final AtomicLong transfers = new AtomicLong();

    private Staging(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
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
                removeAbandoned(all);
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

    /** Makes a new folder for one transfer, which removes it. */
    Path newTransfer() throws IOException {
        Path transfer = folder.resolve(Long.toString(transfers.incrementAndGet()));
        return Files.createDirectory(transfer, Permissions.privateDirectory(transfer));
    }

    /** Removes the folder, and {@code .ferry} with it if no other receiver is there. */
    @Override
    public void close() {
        try (lock) {
            removeLocked(folder);
        } catch (IOException e) {
            // It will be found abandoned by the next receiver.
        } finally {
            OURS.remove(folder);
        }
    }

    /** Deletes a folder and all in it, as far as possible; links are not followed. */
    static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new Remover(null));
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
            opened = lock != null && Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS);
            return opened ? new Staging(folder, channel) : null;
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

    private static void removeAbandoned(Path all) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(all)) {
            for (Path folder : folders) {
                if (Found.at(folder) == Found.DIRECTORY && !OURS.contains(folder)) {
                    removeIfAbandoned(folder);
                }
            }
        } catch (NoSuchFileException e) {
            // Another receiver has just removed it all.
        }
    }

    private static void removeIfAbandoned(Path folder) {
        Path lockFile = folder.resolve(LOCK);
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock held = channel.tryLock()) {
            if (held != null) {
                removeLocked(folder);
            }
        } catch (NoSuchFileException e) {
            removeIfEmpty(folder);
        } catch (IOException | OverlappingFileLockException e) {
            // Somebody else's, or not to be removed by us: it harms nobody.
        }
    }

    /** Removes a folder whose lock we hold, and then what is above it if that is empty. */
    private static void removeLocked(Path folder) throws IOException {
        Path lockFile = folder.resolve(LOCK);
        Files.walkFileTree(folder, new Remover(lockFile));
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

    /** Deletes what it visits, except for one file and the directories above it. */
    private static final class Remover extends SimpleFileVisitor<Path> {
        private final @Nullable Path kept;

        Remover(@Nullable Path kept) {
            this.kept = kept;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (!file.equals(kept)) {
                Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            try {
                Files.deleteIfExists(directory);
            } catch (DirectoryNotEmptyException e) {
                // It holds what is kept, or what somebody has just put there.
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
