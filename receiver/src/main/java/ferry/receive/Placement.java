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
 */
record Placement(RelativePath path, Outcome outcome, Durability durability, Optional<Path> unsynced) {}
