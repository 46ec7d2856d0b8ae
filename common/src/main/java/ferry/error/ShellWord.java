package ferry.error;

import java.util.regex.Pattern;

/** Words of the lines that hints tell people to type. Pure functions. */
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./\\[\\]-]+");

    private ShellWord() {}

    /** The word as a shell wants it, in quotes if it needs them. */
    public static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
