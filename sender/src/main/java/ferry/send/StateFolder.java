package ferry.send;

import ferry.wire.OwnerId;
import ferry.wire.TransferId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder where {@code send} keeps what outlives a run; today one file, {@code owner-id}. Immutable, for any thread
 * and any number of processes at once.
 *
 * <p>The owner is a random number of 128 bits, written as 32 hexadecimal digits and a line feed. It tells a receiver whose
 * half-sent files it holds when there is no key to tell. It is no secret worth much, but whoever knows it can take up
 * those files, so nobody else may read it.
 */
final class StateFolder {
    private static final String OWNER_FILE = "owner-id";

    private final Path folder;

    private StateFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * {@code $XDG_STATE_HOME/ferry}, or {@code $HOME/.local/state/ferry}; empty where the environment names neither, and
     * then this sender has no owner.
     */
    static Optional<StateFolder> locate(Map<String, String> environment) {
        return absolute(environment.get("XDG_STATE_HOME"))
                .or(() -> absolute(environment.get("HOME")).map(home -> home.resolve(".local/state")))
                .map(state -> new StateFolder(state.resolve("ferry")));
    }

    private static Optional<Path> absolute(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Path::of).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            // No file can have this name in the current locale.
            return Optional.empty();
        }
    }

    /**
     * The owner, made up at the first call on this machine.
     *
     * @throws IOException if the file can neither be read nor made, or holds something else; the message says so
     */
    OwnerId owner() throws IOException {
        Path file = folder.resolve(OWNER_FILE);
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            create(file);
            return read(file);
        }
    }

    private static OwnerId read(Path file) throws IOException {
        return OwnerId.parse(Files.readString(file, StandardCharsets.ISO_8859_1).strip())
                .orElseThrow(() -> new IOException("%s: 32 hexadecimal digits expected".formatted(file)));
    }

    /** Makes the file whole or not at all; if another process was faster, its file stays. */
    private void create(Path file) throws IOException {
        Files.createDirectories(folder, forOwnerOnly("rwx------"));
        OwnerId owner = OwnerId.random();
        Path draft = folder.resolve(OWNER_FILE + "." + TransferId.random());
        Files.createFile(draft, forOwnerOnly("rw-------"));
        try {
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                ByteBuffer text = StandardCharsets.US_ASCII.encode(owner + "\n");
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                channel.force(true);
            }
            place(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void place(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster, and both use its number.
        } catch (UnsupportedOperationException | FileSystemException e) {
            // A file system without hard links. Of two processes at once, the slower one's number stays.
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static FileAttribute<?>[] forOwnerOnly(String permissions) {
        Set<String> views = FileSystems.getDefault().supportedFileAttributeViews();
        return views.contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
