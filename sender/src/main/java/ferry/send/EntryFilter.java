package ferry.send;

import ferry.entry.EntryKind;
import ferry.entry.Glob;
import ferry.entry.RelativePath;
import java.util.List;

/**
 * Which entries are sent, by {@code --include} and {@code --exclude}; immutable, for any thread.
 *
 * <p>What an exclude pattern matches is left out, and of a directory all that is in it, whatever is included. Where
 * there are include patterns, only what they match is sent: files and links, and directories with all that is in them.
 * Directories on the way to something included are sent too, since it could not arrive without them.
 */
record EntryFilter(List<Glob> includes, List<Glob> excludes) {
    /** Without patterns everything is sent. */
    static final EntryFilter EVERYTHING = new EntryFilter(List.of(), List.of());

    EntryFilter {
        includes = List.copyOf(includes);
        excludes = List.copyOf(excludes);
    }

    /** What becomes of an entry. */
    enum Choice {
        /** It is sent, and what is in it unless that is excluded. */
        TAKEN,
        /** A directory that is looked into, and sent only if something in it is. */
        SEARCHED,
        LEFT_OUT
    }

    /** The choice for what holds the sources themselves. */
    Choice top() {
        return includes.isEmpty() ? Choice.TAKEN : Choice.SEARCHED;
    }

    /** The choice for an entry whose directory was chosen as {@code parent}. */
    Choice choose(Choice parent, RelativePath path, EntryKind kind) {
        if (parent == Choice.LEFT_OUT || anyMatches(excludes, path, kind)) {
            return Choice.LEFT_OUT;
        }
        if (parent == Choice.TAKEN || anyMatches(includes, path, kind)) {
            return Choice.TAKEN;
        }
        return kind == EntryKind.DIRECTORY ? Choice.SEARCHED : Choice.LEFT_OUT;
    }

    private static boolean anyMatches(List<Glob> globs, RelativePath path, EntryKind kind) {
        for (Glob glob : globs) {
            if (glob.matches(path, kind)) {
                return true;
            }
        }
        return false;
    }
}
