package ferry.trust;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of {@code known_receivers} or an allow file, read from left to right; used by one thread. What it does not
 * understand it refuses, naming file, line and column: a rule that is silently passed over is a rule that does not hold.
 */
final class TrustLine {
    /** The longest line in characters. */
    static final int MAX_LENGTH = 8192;

    /** The most lines of a file. */
    static final int MAX_LINES = 20_000;

    private static final String REVOKED = "@revoked";

    private final Path file;
    private final int number;
    private final String text;
    private final String end;
    private int next;
    /** Where the last word began. */
    private int begin;

    private TrustLine(Path file, int number, String text, String end) {
        this.file = file;
        this.number = number;
        this.text = text;
        this.end = end;
    }

    /** All lines of a file's text; what ends a line is LF or CR LF. */
    static List<TrustLine> all(Path file, String text) throws TransferException {
        List<TrustLine> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int lineFeed = text.indexOf('\n', start);
            int next = lineFeed < 0 ? text.length() : lineFeed + 1;
            int end = lineFeed < 0 ? next : lineFeed;
            end -= end > start && text.charAt(end - 1) == '\r' ? 1 : 0;
            lines.add(new TrustLine(file, lines.size() + 1, text.substring(start, end), text.substring(end, next)));
            lines.getLast().checkCharacters();
            start = next;
        }
        return lines;
    }

    private void checkCharacters() throws TransferException {
        if (number > MAX_LINES) {
            throw broken("expected at most %d lines".formatted(MAX_LINES));
        }
        if (text.length() > MAX_LENGTH) {
            throw broken("expected at most %d characters in a line, got %d".formatted(MAX_LENGTH, text.length()));
        }
        for (begin = 0; begin < text.length(); begin++) {
            if (text.charAt(begin) != '\t' && Character.isISOControl(text.charAt(begin))) {
                throw broken("expected text, got a control character");
            }
        }
    }

    /** Counted from 1. */
    int number() {
        return number;
    }

    /** As it stands in the file, with its end; the last line of a file gets one if it has none. */
    String whole() {
        return text + (end.endsWith("\n") ? end : end + "\n");
    }

    /** Whether nothing is here but perhaps a comment. */
    boolean isIdle() {
        skipSpace();
        return next == text.length() || text.charAt(next) == '#';
    }

    /** Whether this line begins with the mark of a revoked key, which is then consumed. */
    boolean acceptRevoked() throws TransferException {
        if (!text.startsWith("@", next)) {
            return false;
        }
        String mark = bare();
        if (!mark.equals(REVOKED)) {
            throw broken("expected %s, got '%s'".formatted(REVOKED, mark));
        }
        nextWord("white space and the revoked key");
        return true;
    }

    /** Whether this character is next, which is then consumed. */
    boolean accept(char expected) {
        boolean found = next < text.length() && text.charAt(next) == expected;
        next += found ? 1 : 0;
        return found;
    }

    /** Whether a word with this beginning is next, in capitals or not. */
    boolean isAt(String beginning) {
        return text.regionMatches(true, next, beginning, 0, beginning.length());
    }

    KeyFingerprint fingerprint() throws TransferException {
        String word = bare();
        return KeyFingerprint.parse(word)
                .orElseThrow(() -> broken("expected sha256: and 64 hexadecimal digits, got '%s'".formatted(word)));
    }

    /** A word up to white space, or one in quotes, within which a backslash stands before a quote or a backslash. */
    String word() throws TransferException {
        begin = next;
        return accept('"') ? quoted() : bare();
    }

    /** A value of an option: as a word, but a comma ends it too unless it is in quotes. */
    String value() throws TransferException {
        begin = next;
        return accept('"') ? quoted() : until(" \t,\"");
    }

    /** The name of an option, up to its {@code =}. */
    String name() {
        return until(" \t,\"=");
    }

    private String bare() {
        return until(" \t");
    }

    private String until(String ends) {
        begin = next;
        while (next < text.length() && ends.indexOf(text.charAt(next)) < 0) {
            next++;
        }
        return text.substring(begin, next);
    }

    private String quoted() throws TransferException {
        StringBuilder value = new StringBuilder();
        while (next < text.length() && text.charAt(next) != '"') {
            boolean isEscape =
                    text.charAt(next) == '\\' && next + 1 < text.length() && "\"\\".indexOf(text.charAt(next + 1)) >= 0;
            next += isEscape ? 1 : 0;
            value.append(text.charAt(next));
            next++;
        }
        if (!accept('"')) {
            throw broken("this quote is never closed");
        }
        return value.toString();
    }

    /** Goes to the next word, which white space must part from the last one. */
    void nextWord(String expected) throws TransferException {
        int end = next;
        skipSpace();
        if (next == end || next == text.length()) {
            begin = next;
            throw broken("expected " + expected);
        }
    }

    /** What is left, without white space around it. */
    String rest() {
        String rest = text.substring(next).strip();
        next = text.length();
        return rest;
    }

    /** Refuses everything but a comment. */
    void end() throws TransferException {
        if (!isIdle()) {
            begin = next;
            throw broken("expected the end of the line, got '%s'".formatted(text.substring(next)));
        }
    }

    private void skipSpace() {
        while (next < text.length() && (text.charAt(next) == ' ' || text.charAt(next) == '\t')) {
            next++;
        }
    }

    /** An error at the last word: {@code file:line:column}, columns counted from 1. */
    TransferException broken(String why) {
        return new TransferException(ErrorCode.TRUST_FILE, "%s:%d:%d".formatted(file, number, begin + 1), why);
    }
}
