package ferry.entry;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.text.Normalizer;
import java.util.function.IntPredicate;

/**
 * A shell pattern over relative paths, as people type it to choose entries; immutable, for any thread.
 *
 * <p>A pattern matches a path as a whole, or what is left of it after whole segments were taken from its front:
 * {@code *.log} matches {@code a/b/x.log}, and {@code b/*.log} does too. With a {@code /} in front it matches from the
 * top of the transfer only; with one at its end, directories only. {@code *} and {@code ?} stay within a segment,
 * {@code **} does not; {@code [a-z]}, {@code [!a-z]} and {@code {a,b}} are as in a shell; a backslash takes the meaning
 * from the character after it. Letters match in their own case, but where a pattern {@link #guards} names.
 */
public final class Glob {
    private final String text;
    private final GlobProgram program;
    private final GlobProgram composed;
    private final boolean directoriesOnly;

    /** @param composed the program of the pattern in Unicode's composed form, NFC */
    private Glob(String text, GlobProgram program, GlobProgram composed, boolean directoriesOnly) {
        this.text = text;
        this.program = program;
        this.composed = composed;
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
        GlobProgram program = program(text, body, anchored);
        String nfc = composed(body);
        return new Glob(text, program, nfc.equals(body) ? program : program(text, nfc, anchored), directoriesOnly);
    }

    private static GlobProgram program(String text, String body, boolean anchored) throws TransferException {
        GlobProgram.Builder builder = new GlobProgram.Builder();
        if (!anchored) {
            builder.anySegments();
        }
        new Translation(text, body, builder).translate();
        return builder.build();
    }

    private static String composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    /** Whether an entry of this path and kind is meant. */
    public boolean matches(RelativePath path, EntryKind kind) {
        return (!directoriesOnly || kind == EntryKind.DIRECTORY) && program.matches(path.toString());
    }

    /**
     * Whether a name is meant, or one that some file system takes for the same: of any kind, since a link or a file can
     * stand where a directory is meant; in upper or lower case; and in any form of Unicode. Only letters that fold to several
     * (ß to ss) are told apart.
     */
    public boolean guards(RelativePath path) {
        String name = path.toString();
        return program.matches(name) || composed.matchesInAnyCase(composed(name));
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
