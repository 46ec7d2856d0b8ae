package ferry.entry;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.regex.Pattern;

/**
 * A shell pattern over relative paths, as people type it to choose entries; immutable, for any thread.
 *
 * <p>A pattern matches a path as a whole, or what is left of it after whole segments were taken from its front:
 * {@code *.log} matches {@code a/b/x.log}, and {@code b/*.log} does too. With a {@code /} in front it matches from the
 * top of the transfer only; with one at its end, directories only. {@code *} and {@code ?} stay within a segment,
 * {@code **} does not; {@code [a-z]}, {@code [!a-z]} and {@code {a,b}} are as in a shell; a backslash takes the meaning
 * from the character after it. Letters match in their own case.
 */
public final class Glob {
    private final String text;
    private final Pattern pattern;
    private final boolean directoriesOnly;

    private Glob(String text, Pattern pattern, boolean directoriesOnly) {
        this.text = text;
        this.pattern = pattern;
        this.directoriesOnly = directoriesOnly;
    }

    /** The pattern that a person typed; one that is empty or never closes a bracket is {@link ErrorCode#USAGE}. */
    public static Glob parse(String text) throws TransferException {
        String body = text;
        boolean anchored = body.startsWith("/");
        if (anchored) {
            body = body.substring(1);
        }
        boolean directoriesOnly = body.endsWith("/") && !body.endsWith("\\/");
        if (directoriesOnly) {
            body = body.substring(0, body.length() - 1);
        }
        if (body.isEmpty()) {
            throw new TransferException(ErrorCode.USAGE, "pattern '" + text + "'", "it names nothing");
        }
        String prefix = anchored ? "" : "(?:.*/)?";
        Pattern pattern = Pattern.compile(prefix + new Translation(text, body).regex(), Pattern.DOTALL);
        return new Glob(text, pattern, directoriesOnly);
    }

    /** Whether an entry of this path and kind is meant. */
    public boolean matches(RelativePath path, EntryKind kind) {
        return (!directoriesOnly || kind == EntryKind.DIRECTORY)
                && pattern.matcher(path.toString()).matches();
    }

    @Override
    public String toString() {
        return text;
    }

    /** Turns one pattern into a regular expression, from left to right. */
    private static final class Translation {
        private final String text;
        private final String body;
        private final StringBuilder regex = new StringBuilder();
        private int next;
        private boolean inBraces;

        Translation(String text, String body) {
            this.text = text;
            this.body = body;
        }

        String regex() throws TransferException {
            while (next < body.length()) {
                int codePoint = read();
                switch (codePoint) {
                    case '*' -> star();
                    case '?' -> regex.append("[^/]");
                    case '[' -> characterClass();
                    case '{' -> openBrace();
                    case '}' -> closeBrace();
                    case ',' -> regex.append(inBraces ? "|" : ",");
                    case '\\' -> literal(readAfter("a backslash"));
                    default -> literal(codePoint);
                }
            }
            if (inBraces) {
                throw malformed("'{' is never closed");
            }
            return regex.toString();
        }

        private void star() {
            if (!accept("*")) {
                regex.append("[^/]*");
            } else if (accept("/")) {
                regex.append("(?:.*/)?");
            } else {
                regex.append(".*");
            }
        }

        private void openBrace() throws TransferException {
            if (inBraces) {
                throw malformed("'{' inside of '{'");
            }
            inBraces = true;
            regex.append("(?:");
        }

        private void closeBrace() {
            regex.append(inBraces ? ")" : "\\}");
            inBraces = false;
        }

        private void characterClass() throws TransferException {
            regex.append("(?!/)[");
            if (accept("!") || accept("^")) {
                regex.append('^');
            }
            int codePoint = readAfter("'['");
            do {
                if (codePoint == '\\') {
                    codePoint = readAfter("a backslash");
                }
                classMember(codePoint);
                codePoint = readAfter("'['");
            } while (codePoint != ']');
            regex.append(']');
        }

        private void classMember(int first) throws TransferException {
            literal(first);
            boolean range = next + 1 < body.length() && body.charAt(next) == '-' && body.charAt(next + 1) != ']';
            if (range) {
                next++;
                int last = readAfter("'-'");
                if (last == '\\') {
                    last = readAfter("a backslash");
                }
                if (last < first) {
                    throw malformed("a range that runs backwards");
                }
                regex.append('-');
                literal(last);
            }
        }

        private void literal(int codePoint) {
            if (codePoint < 0x80 && !Character.isLetterOrDigit(codePoint)) {
                regex.append('\\');
            }
            regex.appendCodePoint(codePoint);
        }

        private boolean accept(String expected) {
            boolean found = body.startsWith(expected, next);
            if (found) {
                next += expected.length();
            }
            return found;
        }

        private int readAfter(String what) throws TransferException {
            if (next == body.length()) {
                throw malformed("it ends too early, after " + what);
            }
            return read();
        }

        private int read() {
            int codePoint = body.codePointAt(next);
            next += Character.charCount(codePoint);
            return codePoint;
        }

        private TransferException malformed(String why) {
            return new TransferException(ErrorCode.USAGE, "pattern '" + text + "'", why);
        }
    }
}
