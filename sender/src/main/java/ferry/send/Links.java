package ferry.send;

import java.util.Locale;

/** What becomes of symbolic links that are found in directories; a SOURCE that is one itself is always followed. */
enum Links {
    /** They are sent as links. */
    KEEP,
    /** They are left out. */
    SKIP,
    /** What they point to is sent in their place. */
    FOLLOW;

    /** As it is typed. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
