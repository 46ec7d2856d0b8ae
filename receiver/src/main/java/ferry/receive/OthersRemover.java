package ferry.receive;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Deletes what it visits and what is not in a set of paths; a directory in which something is wanted must be wanted too. */
final class OthersRemover extends SimpleFileVisitor<Path> {
    private final OutFolder folder;
    private final PathSet wanted;
    private final Permissions permissions;

    /** @param folder what the paths are relative to */
    OthersRemover(OutFolder folder, PathSet wanted, Permissions permissions) {
        this.folder = folder;
        this.wanted = wanted;
        this.permissions = permissions;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        if (!isWanted(directory)) {
            permissions.makeWritable(directory);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!isWanted(file)) {
            Files.deleteIfExists(file);
        }
        return FileVisitResult.CONTINUE;
    }

    /** Those that are wanted can be listed. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (isWanted(file)) {
            throw failure;
        }
        TreeFolder.remove(file, permissions);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
        if (!isWanted(directory)) {
            try {
                Files.deleteIfExists(directory);
            } catch (DirectoryNotEmptyException e) {
                throw new IOException(
                        "'%s' was not offered, and what is in it was".formatted(folder.name(directory)), e);
            }
        }
        return FileVisitResult.CONTINUE;
    }

    private boolean isWanted(Path path) throws IOException {
        return wanted.contains(folder.name(path));
    }
}
