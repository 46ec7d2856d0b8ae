package ferry.entry;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.io.FileSystem;

/** Knows which names a file system cannot give a file, or would take for something else. Pure functions. */
final class LocalName {
    /** The short names that Windows makes up for {@code .ferry}. */
    private static final Pattern SHORT_NAME_OF_STAGING = Pattern.compile("(?i)ferry~[0-9]+");

    private LocalName() {}

    /** Why {@code name} cannot be used on that file system; empty if it can. */
    static Optional<String> refusal(String name, FileSystem fileSystem) {
        int[] illegal = fileSystem.getIllegalFileNameCodePoints();
        Optional<String> character = name.codePoints()
                .filter(codePoint -> contains(illegal, codePoint))
                .mapToObj("'%c' has a meaning of its own in this file system"::formatted)
                .findFirst();
        if (character.isPresent()) {
            return character;
        }
        if (fileSystem == FileSystem.WINDOWS) {
            return windowsRefusal(name);
        }
        return fileSystem.isLegalFileName(name) ? Optional.empty() : Optional.of("this file system has no such names");
    }

    private static Optional<String> windowsRefusal(String name) {
        if (name.endsWith(".") || name.endsWith(" ")) {
            return Optional.of("Windows drops a dot or space at the end of a name");
        }
        int dot = name.indexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)).stripTrailing();
        if (FileSystem.WINDOWS.isReservedFileName(stem.toUpperCase(Locale.ROOT))
                || FileSystem.WINDOWS.isReservedFileName(name)) {
            return Optional.of("Windows takes it for a device");
        }
        if (SHORT_NAME_OF_STAGING.matcher(name).matches()) {
            return Optional.of("Windows may take it for " + RelativePath.RESERVED);
        }
        return FileSystem.WINDOWS.isLegalFileName(name)
                ? Optional.empty()
                : Optional.of("this file system has no such names");
    }

    private static boolean contains(int[] codePoints, int wanted) {
        for (int codePoint : codePoints) {
            if (codePoint == wanted) {
                return true;
            }
        }
        return false;
    }
}
