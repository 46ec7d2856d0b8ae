package ferry.entry;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.io.FileSystem;

/** Knows which names a file system would take for something else. Pure functions. */
final class LocalName {
    /** The characters that have a meaning of their own in each file system; it clones its own list at each call. */
    private static final Map<FileSystem, int[]> MEANINGFUL = meaningful();

    /** The short names that Windows makes up for {@code .ferry}. */
    private static final Pattern SHORT_NAME_OF_STAGING = Pattern.compile("(?i)ferry~[0-9]+");

    private LocalName() {}

    /** Why {@code name}, a segment of a path, cannot be used on that file system; empty if it can. */
    static Optional<String> refusal(String name, FileSystem fileSystem) {
        int[] meaningful = Objects.requireNonNull(MEANINGFUL.get(fileSystem));
        for (int i = 0; i < name.length(); i++) {
            if (Arrays.binarySearch(meaningful, name.charAt(i)) >= 0) {
                return Optional.of("'%c' has a meaning of its own in this file system".formatted(name.charAt(i)));
            }
        }
        return fileSystem == FileSystem.WINDOWS ? windowsRefusal(name) : Optional.empty();
    }

    private static Optional<String> windowsRefusal(String name) {
        if (name.endsWith(".") || name.endsWith(" ")) {
            return Optional.of("Windows drops a dot or space at the end of a name");
        }
        int dot = name.indexOf('.');
        String stem = (dot < 0 ? name : name.substring(0, dot)).stripTrailing();
        if (FileSystem.WINDOWS.isReservedFileName(stem.toUpperCase(Locale.ROOT))) {
            return Optional.of("Windows takes it for a device");
        }
        if (SHORT_NAME_OF_STAGING.matcher(name).matches()) {
            return Optional.of("Windows may take it for '%s'".formatted(RelativePath.RESERVED));
        }
        return Optional.empty();
    }

    private static Map<FileSystem, int[]> meaningful() {
        Map<FileSystem, int[]> characters = new EnumMap<>(FileSystem.class);
        for (FileSystem fileSystem : FileSystem.values()) {
            int[] sorted = fileSystem.getIllegalFileNameCodePoints();
            Arrays.sort(sorted);
            characters.put(fileSystem, sorted);
        }
        return characters;
    }
}
