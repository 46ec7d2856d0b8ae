package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.trust.KnownReceivers.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the examples of docs/ACCESS.md as Ferry would. */
class AccessPageTest {
    private static final Path PAGE = Path.of("..", "docs", "ACCESS.md");

    @TempDir
    private Path home;

    @Test
    void itsKnownReceiversAreUnderstood() throws Exception {
        KnownReceivers known = KnownReceivers.in(
                ConfigFolder.locate(Map.of("HOME", home.toString())).orElseThrow());
        Files.createDirectories(known.file().getParent());
        Files.writeString(known.file(), example("## known_receivers"));
        for (String receiver : List.of("backup.example:7363", "[2001:db8::7]:4000", "unix:/run/my ferry")) {
            assertThat(known.has(receiver)).as(receiver).isTrue();
        }
        KeyFingerprint revoked = KeyFingerprint.parse(
                        "sha256:5d4c3b2a1f0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c")
                .orElseThrow();
        assertThat(known.check("new:1", revoked)).isEqualTo(new Answer.Revoked());
    }

    @Test
    void itsAllowFileIsUnderstood() throws Exception {
        assertThat(AllowedSenders.parse(PAGE, example("## The allow file")).values())
                .extracting(AllowedSender::comment)
                .containsExactlyInAnyOrder("Ann's laptop", "Bob", "");
    }

    /** The first block of a section. */
    private static String example(String section) throws Exception {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals(section))
                .dropWhile(line -> !line.equals("```"))
                .skip(1)
                .takeWhile(line -> !line.equals("```"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }
}
