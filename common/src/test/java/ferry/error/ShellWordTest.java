package ferry.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellWordTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "[::1]:9000, [::1]:9000",
                "unix:/a b, 'unix:/a b'",
                "unix:/it's, 'unix:/it'\\''s'",
                "$(x), '$(x)'",
                "\"\", ''",
            })
    void isQuotedWhereAShellWouldTakeItForSomethingElse(String word, String quoted) {
        assertThat(ShellWord.quoted(word)).isEqualTo(quoted);
    }
}
