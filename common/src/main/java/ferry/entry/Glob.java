package ferry.entry;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.function.IntPredicate;

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
    private final GlobProgram program;
    private final boolean directoriesOnly;

    private Glob(String text, GlobProgram program, boolean directoriesOnly) {
        this.text = text;
        this.program = program;
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
        GlobProgram.Builder builder = new GlobProgram.Builder();
        if (!anchored) {
            builder.anySegments();
        }
        new Translation(text, body, builder).translate();
        return new Glob(text, builder.build(), directoriesOnly);
    }

    /** Whether an entry of this path and kind is meant. */
    public boolean matches(RelativePath path, EntryKind kind) {
        return (!directoriesOnly || kind == EntryKind.DIRECTORY) && program.matches(path.toString());
    }

    @Override
    public String toString() {
        return text;
    }

    /** Reads one pattern, from left to right. */
    private static final class Translation {
        private final String text;
        private final String body;
        private final GlobProgram.Builder program;
        private int next;
        private boolean inBraces;

        Translation(String text, String body, GlobProgram.Builder program) {
            this.text = text;
            this.body = body;
            this.program = program;
        }

        void translate() throws TransferException {
            while (next < body.length()) {
                int codePoint = read();
                switch (codePoint) {
                    case '*' -> star();
                    case '?' -> program.take(other -> other != '/');
                    case '[' -> characterClass();
                    case '{' -> openBrace();
                    case '}' -> closeBrace();
                    case ',' -> comma();
                    case '\\' -> literal(readAfter("a backslash"));
                    default -> literal(codePoint);
                }
            }
            if (inBraces) {
                throw malformed("'{' is never closed");
            }
        }

        private void star() {
            if (!accept("*")) {
                program.anyWithinSegment();
            } else if (accept("/")) {
                program.anySegments();
            } else {
                program.any();
            }
        }

        private void openBrace() throws TransferException {
            if (inBraces) {
                throw malformed("'{' inside of '{'");
            }
            inBraces = true;
            program.openChoice();
        }

        private void comma() {
            if (inBraces) {
                program.nextChoice();
            } else {
                literal(',');
            }
        }

        private void closeBrace() {
            if (inBraces) {
                program.closeChoice();
            } else {
                literal('}');
            }
            inBraces = false;
        }

        private void characterClass() throws TransferException {
            boolean negated = accept("!") || accept("^");
            IntPredicate members = codePoint -> false;
            int codePoint = readAfter("'['");
            do {
                if (codePoint == '\\') {
                    codePoint = readAfter("a backslash");
                }
                members = members.or(classMember(codePoint));
                codePoint = readAfter("'['");
            } while (codePoint != ']');
            IntPredicate wanted = negated ? members.negate() : members;
            program.take(other -> other != '/' && wanted.test(other));
        }

        private IntPredicate classMember(int first) throws TransferException {
            boolean range = next + 1 < body.length() && body.charAt(next) == '-' && body.charAt(next + 1) != ']';
            if (!range) {
                return codePoint -> codePoint == first;
            }
            next++;
            int read = readAfter("'-'");
            int last = read == '\\' ? readAfter("a backslash") : read;
            if (last < first) {
                throw malformed("a range that runs backwards");
            }
            return codePoint -> first <= codePoint && codePoint <= last;
        }

        private void literal(int codePoint) {
            program.take(other -> other == codePoint);
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
