package ferry.cli;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;

/** How values look in {@code docs/JSON.md}. Pure functions. */
final class JsonText {
    /** As the JSON writer does for ASCII controls. */
    private static final HexFormat UPPER_CASE = HexFormat.of().withUpperCase();

    private JsonText() {}

    /**
     * Escapes as {@code \\uXXXX} what a JSON writer may leave as it is, and what would harm a terminal, a log or a parser that
     * reads line by line: DEL and C1, line and paragraph separators, format characters (bidirectional controls among them) and
     * unpaired surrogates. None of these can stand outside a string in the text that comes in, so the meaning is the same.
     */
    static String escapeUnseen(String json) {
        int start = 0;
        while (start < json.length() && json.charAt(start) < 0x7f) {
            start++;
        }
        if (start == json.length()) {
            return json;
        }
        StringBuilder escaped = new StringBuilder(json.length() + 32).append(json, 0, start);
        for (int i = start; i < json.length(); ) {
            int codePoint = json.codePointAt(i);
            int next = i + Character.charCount(codePoint);
            if (isUnseen(codePoint)) {
                for (int unit = i; unit < next; unit++) {
                    escaped.append("\\u").append(UPPER_CASE.toHexDigits(json.charAt(unit)));
                }
            } else {
                escaped.appendCodePoint(codePoint);
            }
            i = next;
        }
        return escaped.toString();
    }

    private static boolean isUnseen(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** A checksum as eight lower-case hex digits. */
    static String hex(int crc) {
        return HexFormat.of().toHexDigits(crc);
    }

    /** A constant as a lower-case word. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Seconds with exactly three decimals. */
    static String seconds(Duration time) {
        String millis = Long.toString(1000 + time.toMillisPart());
        return time.toSeconds() + "." + millis.substring(1);
    }
}
