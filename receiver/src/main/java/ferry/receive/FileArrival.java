package ferry.receive;

import ferry.entry.Attributes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A complete file in staging on its way to its final name. */
final class FileArrival implements Arrival {
    private final Path staged;
    private final FileChannel content;
    private final Attributes attributes;
    private final Disk disk;

    /** @param content the open file, for comparing */
    FileArrival(Path staged, FileChannel content, Attributes attributes, Disk disk) {
        this.staged = staged;
        this.content = content;
        this.attributes = attributes;
        this.disk = disk;
    }

    @Override
    public Found kind() {
        return Found.FILE;
    }

    @Override
    public void take(Path target) throws IOException {
        disk.naming().take(staged, target);
    }

    @Override
    public boolean isSameAs(Path there) {
        try {
            Optional<ExistingFile> existing = ExistingFile.at(there);
            return existing.isPresent() && existing.get().holdsTheSameAs(content);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void keep(Path there) throws IOException {
        ExistingFile.sync(there, disk.syncer());
    }

    @Override
    public void update(Path there) throws IOException {
        disk.permissions().update(there, attributes);
    }

    @Override
    public void replace(Path target) throws IOException {
        Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
