package ferry.receive;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;

/** A complete file or link that wants its final name; for one thread. Its paths were checked right before. */
interface Arrival {
    /** FILE or LINK. */
    Found kind();

    /**
     * Takes a name that nobody has.
     *
     * @throws FileAlreadyExistsException if it is taken, by whatever
     */
    void take(Path target) throws IOException;

    /** Whether there is the same under a name already; what cannot be read is different. */
    boolean isSameAs(Path there);

    /** Makes the same that is there durable. */
    void keep(Path there) throws IOException;

    /** Gives the same that is there the mode and time of this. */
    void update(Path there) throws IOException;

    /** Takes a name in place of what has it, in one step. */
    void replace(Path target) throws IOException;
}
