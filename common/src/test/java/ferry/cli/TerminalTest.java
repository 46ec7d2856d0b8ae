package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
    @ParameterizedTest
    @CsvSource({
        "/dev/pts/0, true",
        "/dev/tty1, true",
        "/dev/ttyS0, true",
        "/dev/console, true",
        "/dev/null, false",
        "pipe:[1234], false",
        "socket:[1234], false",
        "/var/log/send.log, false",
    })
    void knowsATerminalByTheNameBehindItsDescriptor(String target, boolean isTerminal, @TempDir Path folder)
            throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("2"), Path.of(target));

        boolean found = Terminal.isTerminal(link);
        Files.delete(link); // JUnit would warn of a link that leads out of its folder.

        assertThat(found).isEqualTo(isTerminal);
    }

    @ParameterizedTest
    @CsvSource({"132, 132", "'', 80", "wide, 80", "0, 80", "-5, 80", "10, 80", "100000, 240"})
    void believesColumnsWithinReason(String text, int columns) {
        assertThat(Terminal.of(Map.of("TERM", "xterm", "COLUMNS", text))).contains(new Terminal(columns));
    }

    @Test
    void takesEightyColumnsWhereNobodySays() {
        assertThat(Terminal.of(Map.of("TERM", "xterm"))).contains(new Terminal(80));
    }

    @Test
    void drawsNothingOnADumbTerminal() {
        assertThat(Terminal.of(Map.of("TERM", "dumb"))).isEmpty();
        assertThat(Terminal.of(Map.of())).isEmpty();
    }
}
