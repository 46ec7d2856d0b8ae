package ferry.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    private static final String JOINER = "\u200d";
    private static final String NON_JOINER = "\u200c";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain name.txt",
                "back\\slash \\n",
                "'quotes' \"and\" $dollars",
                "Ελλάδα עברית العربية हिन्दी ไทย 한국어 日本語",
                "e\u0301 and \u00e9",
                "no\u00a0break and\u3000wide space",
                "😀 👍🏽 1\ufe0f\u20e3 🇨🇭",
                "👩\u200d💻 ❤\ufe0f\u200d🔥 👍🏽\u200d🔥",
                "می\u200cخواهم",
                "क्\u200dष क्\u200cष",
                "\u0600\u0661",
                "\ue000 private, \ufffd"
            })
    void leavesOrdinaryTextAloneAndCopiesNothing(String text) {
        assertThat(Printable.escape(text)).isSameAs(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0000, \\x00",
        "0007, \\x07",
        "0008, \\x08",
        "0009, \\t",
        "000a, \\n",
        "000d, \\r",
        "001b, \\e",
        "001f, \\x1f",
        "007f, \\x7f",
        "0080, \\u{0080}",
        "0085, \\u{0085}",
        "009b, \\u{009b}",
        "009f, \\u{009f}",
        "00ad, \\u{00ad}",
        "061c, \\u{061c}",
        "180e, \\u{180e}",
        "200b, \\u{200b}",
        "200e, \\u{200e}",
        "200f, \\u{200f}",
        "2028, \\u{2028}",
        "2029, \\u{2029}",
        "202a, \\u{202a}",
        "202b, \\u{202b}",
        "202c, \\u{202c}",
        "202d, \\u{202d}",
        "202e, \\u{202e}",
        "2060, \\u{2060}",
        "2066, \\u{2066}",
        "2067, \\u{2067}",
        "2068, \\u{2068}",
        "2069, \\u{2069}",
        "206f, \\u{206f}",
        "3164, \\u{3164}",
        "feff, \\u{feff}",
        "fff9, \\u{fff9}",
        "d800, \\u{d800}",
        "dfff, \\u{dfff}",
        "e0001, \\u{e0001}",
        "e0041, \\u{e0041}",
        "1d173, \\u{1d173}"
    })
    void escapesWhatMovesTheCursorReordersOrHides(String hex, String escape) {
        String harmful = Character.toString(Integer.parseInt(hex, 16));
        assertThat(Printable.escape(harmful)).isEqualTo(escape);
        assertThat(Printable.escape("a😀" + harmful + "b")).isEqualTo("a😀" + escape + "b");
    }

    @Test
    void nothingItReturnsMovesACursor() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            String escaped = Printable.escape(Character.toString(codePoint));
            assertThat(escaped.codePoints().noneMatch(PrintableTest::movesACursor))
                    .as("code point %x", codePoint)
                    .isTrue();
        }
    }

    private static boolean movesACursor(int codePoint) {
        return Character.isISOControl(codePoint)
                || codePoint == 0x2028
                || codePoint == 0x2029
                || (codePoint >= 0x202a && codePoint <= 0x202e)
                || (codePoint >= 0x2066 && codePoint <= 0x2069)
                || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    }

    @Test
    void escapesATerminalSequenceAndANameThatReadsBackwards() {
        assertThat(Printable.escape("\u001b]0;owned\u0007\r\nok")).isEqualTo("\\e]0;owned\\x07\\r\\nok");
        assertThat(Printable.escape("invoice\u202efdp.exe")).isEqualTo("invoice\\u{202e}fdp.exe");
    }

    @Test
    void escapesAJoinerWhereItJoinsNothing() {
        assertThat(Printable.escape("a" + JOINER + "b")).isEqualTo("a\\u{200d}b");
        assertThat(Printable.escape(NON_JOINER + "x")).isEqualTo("\\u{200c}x");
        assertThat(Printable.escape("é" + NON_JOINER)).isEqualTo("é\\u{200c}");
        assertThat(Printable.escape("\u115f" + NON_JOINER)).isEqualTo("\\u{115f}\\u{200c}");
        assertThat(Printable.escape("1" + JOINER)).isEqualTo("1\\u{200d}");
        assertThat(Printable.escape("ی" + NON_JOINER + NON_JOINER)).isEqualTo("ی" + NON_JOINER + "\\u{200c}");
    }

    @Test
    void keepsAJoinerThatIsNeededAfterSomethingWasEscaped() {
        assertThat(Printable.escape("\tمی" + NON_JOINER + "خواهم")).isEqualTo("\\tمی" + NON_JOINER + "خواهم");
    }

    @Test
    void tellsPairedSurrogatesFromUnpairedOnes() {
        assertThat(Printable.escape("\ud83d\ude00\ud83d")).isEqualTo("\ud83d\ude00\\u{d83d}");
        assertThat(Printable.escape("\ude00\ud83d")).isEqualTo("\\u{de00}\\u{d83d}");
    }
}
