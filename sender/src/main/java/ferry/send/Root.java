package ferry.send;

import ferry.entry.RelativePath;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A source that is there, and the name under which it arrives, alone at the top of the transfer; immutable. */
sealed interface Root {
    RelativePath name();

    /**
     * A file or a directory.
     *
     * @param path not a symbolic link
     */
    record Found(RelativePath name, Path path, BasicFileAttributes attributes) implements Root {}

    /** Standard input. */
    record StandardInput(RelativePath name) implements Root {}
}
