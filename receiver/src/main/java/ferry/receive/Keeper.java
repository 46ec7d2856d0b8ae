package ferry.receive;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps for one owner what its broken transfers have left, by paths below the folder that is received into. Thread-safe; for
 * threads that may do file I/O.
 */
record Keeper(Owner owner, Partials partials, Marks marks) {
    /** Claims the partial file of a path; see {@link Partials#claim}. */
    Optional<Partial> claim(String path, long size) {
        return partials.claim(owner, path, size);
    }

    /** Whether there is anything to {@link #drop}. */
    boolean hasPartials() {
        return partials.hasUnclaimed();
    }

    /** See {@link Partials#drop}. */
    void drop(String path) {
        partials.drop(owner, path);
    }

    /** See {@link Marks#making}. */
    void making(String path) {
        marks.making(owner, path);
    }

    /** See {@link Marks#made}. */
    void made(String path, Path directory) {
        marks.made(owner, path, directory);
    }

    /** See {@link Marks#notMade}. */
    void notMade(String path) {
        marks.notMade(owner, path);
    }

    /** See {@link Marks#isMarked}. */
    boolean isMarked(String path, Path directory) {
        return marks.isMarked(owner, path, directory);
    }

    /** See {@link Marks#settled}. */
    void settled(String path) {
        marks.settled(owner, path);
    }

    /** To be called when a transfer of the owner has ended. */
    void tidy() {
        marks.tidy(owner);
    }
}
