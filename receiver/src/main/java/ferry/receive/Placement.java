package ferry.receive;

import ferry.entry.Durability;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an entry has come to be, and how.
 *
 * @param path its final name, which may be a numbered one
 * @param durability what may be claimed once {@link Inbox#sync} has accepted this placement
 * @param unsynced the directory whose sync it waits for; empty if there is none
 * @param sha256 of the content, 64 hexadecimal digits; empty unless the user wants to know
 */
record Placement(
        RelativePath path, Outcome outcome, Durability durability, Optional<Path> unsynced, Optional<String> sha256) {
    /** One of whose content no more is known. */
    Placement(RelativePath path, Outcome outcome, Durability durability, Optional<Path> unsynced) {
        this(path, outcome, durability, unsynced, Optional.empty());
    }

    /** The same with what {@code --sha256} asks for, if it does. */
    Placement with(Optional<String> digest) {
        return new Placement(path, outcome, durability, unsynced, digest);
    }
}
