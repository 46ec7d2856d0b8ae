package ferry.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Writes files whole or not at all, for their owner's eyes only and whatever the umask is: in a draft beside the file, synced
 * before it takes the name. Pure of state, for any thread.
 */
final class PrivateFiles {
    static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");
    static final Set<PosixFilePermission> FOLDER_MODE = PosixFilePermissions.fromString("rwx------");

    /** A draft lives for moments; one that is so old was left by a process that was killed. */
    private static final Duration OLD = Duration.ofHours(1);

    private static final int RANDOM_DIGITS = 16;

    private PrivateFiles() {}

    /** Writes a file that is not there yet; if another process was faster, its file stays. */
    static void create(Path file, String text) throws IOException {
        removeOldDrafts(file);
        Path draft = draft(file, text, FILE_MODE);
        try {
            link(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
        syncFolder(file);
    }

    /** Writes a file in place of the one that is there, or is not, with this mode. */
    static void replace(Path file, String text, Set<PosixFilePermission> mode) throws IOException {
        removeOldDrafts(file);
        Path draft = draft(file, text, mode);
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
        syncFolder(file);
    }

    /**
     * Removes what our user's processes have left beside a file that were killed while they wrote it: it may be a key that nobody
     * looks after.
     */
    static void removeOldDrafts(Path file) {
        Pattern name =
                Pattern.compile(Pattern.quote(file.getFileName().toString()) + "\\.[0-9a-f]{" + RANDOM_DIGITS + "}");
        try (DirectoryStream<Path> beside = Files.newDirectoryStream(
                file.resolveSibling("."),
                path -> name.matcher(path.getFileName().toString()).matches())) {
            for (Path draft : beside) {
                removeIfOld(draft);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // There are none, or they stay until the next time.
        }
    }

    private static void removeIfOld(Path draft) throws IOException {
        BasicFileAttributes found = Files.readAttributes(draft, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        boolean isOld =
                found.lastModifiedTime().toInstant().isBefore(Instant.now().minus(OLD));
        if (found.isRegularFile() && isOld && isOurs(draft)) {
            Files.deleteIfExists(draft);
        }
    }

    /** Whether it is of the same user as the folder. */
    private static boolean isOurs(Path draft) throws IOException {
        return !hasModes()
                || Files.getOwner(draft, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(draft.resolveSibling(".")));
    }

    private static Path draft(Path file, String text, Set<PosixFilePermission> mode) throws IOException {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path draft = file.resolveSibling(file.getFileName() + "." + random);
        Files.createFile(draft, attributes(FILE_MODE));
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            setMode(draft, mode);
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            return draft;
        } catch (IOException e) {
            Files.deleteIfExists(draft);
            throw e;
        }
    }

    private static void link(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster, and both use its file.
        } catch (UnsupportedOperationException | FileSystemException e) {
            // A file system without hard links. The lock that the caller holds keeps others away.
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void syncFolder(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && hasModes()) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** The mode as an attribute for making something, which then never is open to more; nothing where there are no modes. */
    static FileAttribute<?>[] attributes(Set<PosixFilePermission> mode) {
        return hasModes()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)}
                : new FileAttribute<?>[0];
    }

    /** Gives exactly this mode, where there are modes. */
    static void setMode(Path path, Set<PosixFilePermission> mode) throws IOException {
        if (hasModes()) {
            Files.setPosixFilePermissions(path, mode);
        }
    }

    static boolean hasModes() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
