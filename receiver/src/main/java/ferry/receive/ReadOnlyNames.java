package ferry.receive;

import ferry.entry.Glob;
import ferry.entry.RelativePath;
import java.util.List;
import java.util.Optional;

/** The names that a sender may not write, nor anything in directories of such names; immutable. */
record ReadOnlyNames(List<Glob> patterns) {
    static final ReadOnlyNames NONE = new ReadOnlyNames(List.of());

    ReadOnlyNames {
        patterns = List.copyOf(patterns);
    }

    /** The pattern that keeps a path from being written; empty if none does. */
    Optional<Glob> guarding(RelativePath path) {
        for (Optional<RelativePath> name = Optional.of(path);
                name.isPresent();
                name = name.get().parent()) {
            for (Glob pattern : patterns) {
                if (pattern.guards(name.get())) {
                    return Optional.of(pattern);
                }
            }
        }
        return Optional.empty();
    }
}
