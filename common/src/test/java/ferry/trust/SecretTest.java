package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
    private static final String CODE = "13-abacus-abdomen-zoom-zombie-crouton-unicycle";

    @Test
    void makesCodesOfTwoDigitsAndSixWordsThatItTakesBack() throws Exception {
        Secret secret = Secret.generate();
        assertThat(secret.isGenerated()).isTrue();
        assertThat(secret.text()).matches("[0-9]{2}(-[a-z]{3,9}){6}");
        Secret again = Secret.of(secret.text());
        assertThat(again.isGenerated()).isTrue();
        assertThat(again.text()).isEqualTo(secret.text());
    }

    @Test
    void choosesFromAtLeast75Bits() {
        assertThat(WordList.get().size()).isEqualTo(7776 - 4);
        assertThat(6 * Math.log(WordList.get().size()) / Math.log(2)).isGreaterThan(77.5);
        List<String> codes =
                Stream.generate(() -> Secret.generate().text()).limit(1000).toList();
        assertThat(codes).doesNotHaveDuplicates();
        assertThat(codes.stream().flatMap(code -> Stream.of(code.split("-"))).distinct())
                .hasSizeGreaterThan(3000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CODE,
                CODE + "\n",
                CODE + "\r\n",
                "  " + CODE + " ",
                "13 abacus abdomen zoom zombie crouton unicycle",
                "13-Abacus ABDOMEN\tzoom - zombie--crouton-unicycle",
            })
    void takesACodeHoweverItIsWritten(String typed) throws Exception {
        Secret secret = Secret.of(typed);
        assertThat(secret.isGenerated()).isTrue();
        assertThat(secret.text()).isEqualTo(CODE);
    }

    @ParameterizedTest
    @CsvSource({
        "14-abacus-abdomen-zoom-zombie-crouton-unicycle, its number does not fit its words",
        "13-abdomen-abacus-zoom-zombie-crouton-unicycle, its number does not fit its words",
        "13-abacsu-abdomen-zoom-zombie-crouton-unicycle, one of its words is in no code",
        "13-abacsu-abdomen-zoom-zombie-crouton-unycycle, 2 of its words are in no code",
        "13-abacus-abdomen-zoom-zombie-crouton, 'a code has 6 words after its number, got 5'",
        "13-abacus-abdomen-zoom-zombie-crouton-unicycle-zoom, 'a code has 6 words after its number, got 7'",
    })
    void findsMistakesInACodeAndShowsNothingOfIt(String typed, String why) {
        assertRefused(typed, why);
    }

    @Test
    void findsNearlyEveryWrongWord() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int taken = 0;
        for (int i = 0; i < 2000; i++) {
            String[] parts = Secret.generate().text().split("-");
            int wrong = 1 + random.nextInt(6);
            String other = WordList.get().random(new SecureRandom());
            boolean isSame = other.equals(parts[wrong]);
            parts[wrong] = other;
            taken += !isSame && isAccepted(String.join("-", parts)) ? 1 : 0;
        }
        // 20 are to be expected, and over 60 by chance once in 10^12 runs.
        assertThat(taken).as("seed %d", seed).isLessThan(60);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "correct horse battery staple",
                "Füße über Größe, 20 £",
                " spaces at both ends  ",
                "2026 was a good year for wine",
                "13 my dog likes bones",
                "13-abacus-abdomen-zoom-zombie-crouton-unicycle!",
                "12345678901234567890",
                "\uD83D\uDE00 is one character of 20",
            })
    void takesAnyOtherTextOfTwentyCharactersAsItIs(String typed) throws Exception {
        Secret secret = Secret.of(typed + "\n");
        assertThat(secret.isGenerated()).isFalse();
        assertThat(secret.text()).isEqualTo(typed);
    }

    @Test
    void takesNeitherTooShortNorTooLongNorSeveralLines() {
        assertRefused("", "it is empty");
        assertRefused("\n", "it is empty");
        assertRefused("twelve chars", "expected at least 20 characters, got 12");
        assertRefused("\uD83D\uDE00".repeat(19), "expected at least 20 characters, got 19");
        assertRefused("x".repeat(1025), "expected at most 1024 characters, got 1025");
        assertRefused("x".repeat(20) + "\n\n", "expected one line, got more, or a NUL");
        assertRefused("x".repeat(20) + "\n" + "y", "expected one line, got more, or a NUL");
        assertRefused("x".repeat(20) + "\0", "expected one line, got more, or a NUL");
    }

    @Test
    void isNeverShown() throws Exception {
        assertThat(Secret.of(CODE)).hasToString("(code)");
        assertThat(Secret.of("correct horse battery staple")).hasToString("(passphrase)");
        assertThat(CodeKey.derive(Secret.of(CODE))).hasToString("(key)");
    }

    private static boolean isAccepted(String typed) {
        try {
            Secret.of(typed);
            return true;
        } catch (TransferException e) {
            return false;
        }
    }

    private static void assertRefused(String typed, String why) {
        assertThatThrownBy(() -> Secret.of(typed)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
            assertThat(e).hasMessage("code: " + why);
        });
    }
}
