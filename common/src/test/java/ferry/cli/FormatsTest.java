package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "1949, 1.9 kB",
        "99949, 99.9 kB",
        "99950, 100 kB",
        "999499, 999 kB",
        "999500, 1.0 MB",
        "3221225472, 3.2 GB",
        "9223372036854775807, 9.2 EB",
    })
    void showsSizesInPowersOfAThousand(long bytes, String text) {
        assertThat(Formats.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0.0 s",
        "PT0.04S, 0.0 s",
        "PT7.25S, 7.3 s",
        "PT59.9S, 59.9 s",
        "PT59.96S, 1 min 0 s",
        "PT200S, 3 min 20 s",
        "PT2H5M59S, 2 h 5 min",
        "PT76H, 3 d 4 h",
    })
    void showsDurationsInTwoUnits(Duration time, String text) {
        assertThat(Formats.duration(time)).isEqualTo(text);
    }

    @Test
    void showsSpeeds() {
        assertThat(Formats.speed(3_000_000, Duration.ofSeconds(2))).isEqualTo("1.5 MB/s");
        assertThat(Formats.speed(3_000_000, Duration.ZERO)).isEqualTo("-");
    }

    @Test
    void countsWithTheRightNoun() {
        assertThat(Formats.count(1, "entry", "entries")).isEqualTo("1 entry");
        assertThat(Formats.count(0, "entry", "entries")).isEqualTo("0 entries");
    }
}
