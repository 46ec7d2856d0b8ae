package ferry.error;

import java.lang.Character.UnicodeScript;

/**
 * Makes text from a peer or a file name safe to show: the one place where it is escaped.
 *
 * <p>Escaped is what can move the cursor, change how the text around it is read, or hide: controls (C0, DEL, C1),
 * bidirectional controls, line and paragraph separators, unpaired surrogates, and characters that show nothing. They
 * become {@code \n}, {@code \t}, {@code \r}, {@code \e}, {@code \xNN} (C0 and DEL) or <code>&#92;u{NNNN}</code>. A
 * backslash stays as it is: the result is for eyes, and nothing turns it back.
 *
 * <p>The zero-width joiner and non-joiner are spelling in Persian and the scripts of India, and hold emoji together;
 * they stay directly after a letter or mark of such a script or after an emoji, and are escaped elsewhere, where they
 * could only hide.
 *
 * <p>Pure functions, for any thread.
 */
public final class Printable {
    private static final int ESCAPE = 0x1b;
    private static final int DELETE = 0x7f;
    private static final int NON_JOINER = 0x200c;
    private static final int JOINER = 0x200d;
    private static final int EMOJI_SELECTOR = 0xfe0f;

    private Printable() {}

    /** The text with everything harmful escaped; the same instance if there is nothing. */
    public static String escape(String text) {
        int previous = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(previous)) {
            int codePoint = text.codePointAt(i);
            if (harms(codePoint, previous)) {
                return escapeFrom(text, i, previous);
            }
            previous = codePoint;
        }
        return text;
    }

    private static String escapeFrom(String text, int start, int before) {
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, start);
        int previous = before;
        for (int i = start; i < text.length(); i += Character.charCount(previous)) {
            int codePoint = text.codePointAt(i);
            if (harms(codePoint, previous)) {
                appendEscape(escaped, codePoint);
            } else {
                escaped.appendCodePoint(codePoint);
            }
            previous = codePoint;
        }
        return escaped.toString();
    }

    private static void appendEscape(StringBuilder escaped, int codePoint) {
        switch (codePoint) {
            case '\n' -> escaped.append("\\n");
            case '\t' -> escaped.append("\\t");
            case '\r' -> escaped.append("\\r");
            case ESCAPE -> escaped.append("\\e");
            default -> {
                if (codePoint <= DELETE) {
                    escaped.append("\\x%02x".formatted(codePoint));
                } else {
                    escaped.append("\\u{%04x}".formatted(codePoint));
                }
            }
        }
    }

    private static boolean harms(int codePoint, int previous) {
        if (codePoint >= ' ' && codePoint < DELETE) {
            return false;
        }
        if (codePoint == JOINER || codePoint == NON_JOINER) {
            return !takesJoiner(previous);
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            case Character.FORMAT -> !isVisibleFormat(codePoint);
            default -> isBlank(codePoint);
        };
    }

    private static boolean takesJoiner(int codePoint) {
        if (isBlank(codePoint)) {
            // A letter by its class, but it is escaped itself: what follows it would follow a brace.
            return false;
        }
        if (codePoint == EMOJI_SELECTOR
                || Character.isExtendedPictographic(codePoint)
                || Character.isEmojiModifier(codePoint)) {
            return true;
        }
        return switch (UnicodeScript.of(codePoint)) {
            case COMMON, INHERITED, UNKNOWN, LATIN, GREEK, CYRILLIC, ARMENIAN, GEORGIAN, HEBREW, HAN -> false;
            default -> Character.isLetter(codePoint) || Character.getType(codePoint) == Character.NON_SPACING_MARK;
        };
    }

    /** The signs of Arabic, Syriac and Kaithi that enclose the digits after them: format characters, yet ink. */
    private static boolean isVisibleFormat(int codePoint) {
        return switch (codePoint) {
            case 0x0600, 0x0601, 0x0602, 0x0603, 0x0604, 0x0605, 0x06dd, 0x070f, 0x0890, 0x0891, 0x08e2 -> true;
            case 0x110bd, 0x110cd -> true;
            default -> false;
        };
    }

    /** What is no format character by its class, but shows nothing: fillers, and the plane kept for such. */
    private static boolean isBlank(int codePoint) {
        return switch (codePoint) {
            case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2065, 0x3164, 0xffa0 -> true;
            default -> codePoint >= 0xe0000 && codePoint <= 0xe00ff;
        };
    }
}
