package ferry.receive;

import static ferry.receive.TestDisk.path;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.RelativePath;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberedNamesTest {
    @ParameterizedTest
    @CsvSource({
        "file.bin, file (2).bin",
        "file, file (2)",
        "a/b.c/file.bin, a/b.c/file (2).bin",
        "backup.tar.gz, backup (2).tar.gz",
        "backup.tar.zst, backup (2).tar.zst",
        "backup.tar, backup (2).tar",
        "v1.2.zip, v1.2 (2).zip",
        ".profile, .profile (2)",
        ".tar.gz, .tar (2).gz",
        "..., ... (2)",
        "..x, ..x (2)",
        ".config.json, .config (2).json",
        "ends with dot., ends with dot. (2)",
        "Mr. Smith, Mr. Smith (2)",
        "what.averyveryverylongend, what.averyveryverylongend (2)",
    })
    void putsTheNumberBeforeTheExtension(String name, String expected) throws Exception {
        assertThat(new NumberedNames(path(name)).get(2)).isEqualTo(path(expected));
    }

    @Test
    void beginsWithTheNameItself() throws Exception {
        assertThat(new NumberedNames(path("a/file.bin")).get(0)).isEqualTo(path("a/file.bin"));
    }

    @Test
    void shortensALongNameAtACharacter() throws Exception {
        String ship = "\uD83D\uDEA2";
        String name = "x" + ship.repeat(62) + ".txt";
        assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSize(253);

        RelativePath numbered = new NumberedNames(path(name)).get(10);

        assertThat(numbered.name()).isEqualTo("x" + ship.repeat(61) + " (10).txt");
        assertThat(numbered.utf8()).hasSizeLessThanOrEqualTo(RelativePath.MAX_SEGMENT_BYTES);
    }
}
