package ferry.entry;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an entry keeps besides its content, as far as the sender's file system knows it.
 *
 * @param modified when the content last changed
 * @param mode the permission bits, {@code rwxrwxrwx}; all others (set-user-id, sticky) are dropped
 */
public record Attributes(Optional<Instant> modified, OptionalInt mode) {
    /** The bits of a mode that travel. */
    public static final int MODE_MASK = 0777;

    /** Nothing is known, as for standard input. */
    public static final Attributes NONE = new Attributes(Optional.empty(), OptionalInt.empty());

    public Attributes {
        if (mode.isPresent()) {
            mode = OptionalInt.of(mode.getAsInt() & MODE_MASK);
        }
    }
}
