package ferry.receive;

import ferry.entry.Attributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A symbolic link on its way to its final name; made only there, since making one refuses to replace anything. */
final class LinkArrival implements Arrival {
    private final Path pointsTo;
    private final Path staged;
    private final Attributes attributes;
    private final Disk disk;

    /** @param staged a free name in staging, for a link that is to replace another */
    LinkArrival(Path pointsTo, Path staged, Attributes attributes, Disk disk) {
        this.pointsTo = pointsTo;
        this.staged = staged;
        this.attributes = attributes;
        this.disk = disk;
    }

    @Override
    public Found kind() {
        return Found.LINK;
    }

    @Override
    public void take(Path target) throws IOException {
        Files.createSymbolicLink(target, pointsTo);
        disk.permissions().setLinkModified(target, attributes);
    }

    @Override
    public boolean isSameAs(Path there) {
        try {
            return Found.at(there) == Found.LINK
                    && Files.readSymbolicLink(there).equals(pointsTo);
        } catch (IOException e) {
            return false;
        }
    }

    /** Nothing to do: a link is part of its directory, or written with it. */
    @Override
    public void keep(Path there) {}

    @Override
    public void update(Path there) {
        disk.permissions().setLinkModified(there, attributes);
    }

    @Override
    public void replace(Path target) throws IOException {
        Files.deleteIfExists(staged);
        take(staged);
        Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
