package ferry.receive;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deletes what it visits, except for some paths, what is in them, and the directories above them. */
final class TreeRemover extends SimpleFileVisitor<Path> {
    private final Set<Path> spared;

    TreeRemover(Set<Path> spared) {
        this.spared = spared;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        if (spared.contains(directory)) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        Permissions.open(directory);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!spared.contains(file)) {
            Files.deleteIfExists(file);
        }
        return FileVisitResult.CONTINUE;
    }

    /** A directory of a tree that was to appear at once may have a mode that keeps its owner out. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (Found.at(file) == Found.DIRECTORY && Permissions.open(file)) {
            Files.walkFileTree(file, this);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            // It holds what is spared, or what somebody has just put there.
        }
        return FileVisitResult.CONTINUE;
    }
}
