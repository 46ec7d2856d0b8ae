package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConverterTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "500, 500",
        "500B, 500",
        "512k, 512000",
        "512K, 512000",
        "512kB, 512000",
        "512Ki, 524288",
        "512KiB, 524288",
        "20MB, 20000000",
        "20M, 20000000",
        "20m, 20000000",
        "20 MB, 20000000",
        "1.5GiB, 1610612736",
        "0.5k, 500",
        "1.0009k, 1000",
        "2T, 2000000000000",
        "2TiB, 2199023255552",
        "9223372036854775807, 9223372036854775807",
    })
    void readsSizes(String text, long bytes) {
        assertThat(new SizeConverter().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "B",
                "MB",
                "-1",
                "+1",
                "1e3",
                "1,5k",
                "1.",
                ".5",
                "1.5.2",
                "20XB",
                "20MiBB",
                "20i",
                "20iB",
                "20MBs",
                "20MB/s",
                "20kk",
                "9223372036854775808",
                "9007199254740993Ki",
                "99999999T",
                "٣k",
                "0000000000000000000000000000000001"
            })
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> new SizeConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("'" + text + "' is not a size: ")
                .hasMessageEndingWith("; expected for example 500, 512k, 20MB or 1.5GiB");
    }

    @Test
    void refusesBitsRatherThanTakeThemForBytes() {
        assertThatThrownBy(() -> new RateConverter().convert("20Mb/s")).hasMessageContaining("'b' may mean bits");
    }

    @ParameterizedTest
    @CsvSource({"20MB/s, 20000000", "20MB, 20000000", "1.5MiB/s, 1572864", "1000, 1000"})
    void readsSpeeds(String text, long bytesPerSecond) {
        assertThat(new RateConverter().convert(text)).isEqualTo(bytesPerSecond);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.1", "999B/s", "0MB/s", "/s", "20MB/h", "fast"})
    void refusesWhatIsNoSpeed(String text) {
        assertThatThrownBy(() -> new RateConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("'" + text + "' is not a speed: ");
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "60, PT60S",
        "500ms, PT0.5S",
        "60s, PT60S",
        "1.5s, PT1.5S",
        "5m, PT5M",
        "5min, PT5M",
        "1h, PT1H",
        "1.5h, PT90M",
        "2d, PT48H",
    })
    void readsDurations(String text, Duration duration) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-5s", "5 years", "5S", "1h30m", "forever", "99999d", "9999999999999999999"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> new DurationConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("'" + text + "' is not a duration: ")
                .hasMessageEndingWith("; expected for example 500ms, 60s, 5m or 1h");
    }
}
