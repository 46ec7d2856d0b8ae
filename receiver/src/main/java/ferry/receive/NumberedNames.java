package ferry.receive;

import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;

/**
 * The names under which a file may be placed when others are taken: {@code file.bin}, {@code file (1).bin}, and so on.
 *
 * <p>The number goes before the last extension, and before {@code .tar.gz} and its like as a whole, since programs know
 * a file by these. What begins with a dot has no extension there ({@code .profile (1)}), and an extension is short and
 * has no space. A name that grows too long loses characters from the end of what is before the number. Immutable.
 */
final class NumberedNames {
    /** The highest number that is tried; so many files of one name are a mistake, and each costs a look. */
    static final int MAX_NUMBER = 9_999;

    /** What is longer is no extension but the end of a sentence. */
    private static final int MAX_EXTENSION = 16;

    private static final String TAR = ".tar";

    private final RelativePath path;

    NumberedNames(RelativePath path) {
        this.path = path;
    }

    /** The path with this number; 0 is the path itself. */
    RelativePath get(int number) throws TransferException {
        if (number == 0) {
            return path;
        }
        String name = path.name();
        String stem = stem(name);
        String tail = " (" + number + ")" + name.substring(stem.length());
        int room = RelativePath.MAX_SEGMENT_BYTES - bytes(tail);
        String shortened = stem;
        while (bytes(shortened) > room) {
            shortened = shortened.substring(0, shortened.offsetByCodePoints(shortened.length(), -1));
        }
        return path.withName(shortened + tail);
    }

    private static String stem(String name) {
        int dot = name.lastIndexOf('.');
        if (dot < 0 || !isExtension(name.substring(dot + 1))) {
            return name;
        }
        String stem = name.substring(0, dot);
        if (stem.endsWith(TAR)) {
            String shorter = stem.substring(0, stem.length() - TAR.length());
            stem = isOnlyDots(shorter) ? stem : shorter;
        }
        return isOnlyDots(stem) ? name : stem;
    }

    private static boolean isExtension(String text) {
        return !text.isEmpty() && text.length() <= MAX_EXTENSION && text.chars().noneMatch(Character::isWhitespace);
    }

    private static boolean isOnlyDots(String text) {
        return text.chars().allMatch(character -> character == '.');
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
