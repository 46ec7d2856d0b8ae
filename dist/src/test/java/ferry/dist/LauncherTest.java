package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher hands to Java, of which it finds one here that says what it was told. */
class LauncherTest {
    private static final Path SCRIPT = Path.of("src/image/launcher.sh");

    @TempDir
    private Path home;

    private List<String> handedOver(String... arguments) throws Exception {
        Path java = Files.createDirectories(home.resolve("runtime/bin")).resolve("java");
        write(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Path launcher = Files.createDirectories(home.resolve("bin")).resolve("send");
        write(launcher, Files.readString(SCRIPT));
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    private static void write(Path file, String text) throws Exception {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** The program takes the name of a provider in capitals too; whoever writes it so shall not wait thirty times as long. */
    @ParameterizedTest
    @ValueSource(strings = {"--tls-provider jdk", "--tls-provider=jdk", "--tls-provider JDK", "--tls-provider=Jdk"})
    void givesTheTlsOfTheJdkTheCompilerThatItNeeds(String option) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--json"));
        arguments.addAll(List.of(option.split(" ", -1)));
        assertThat(handedOver(arguments.toArray(String[]::new)))
                .contains("-XX:TieredStopAtLevel=4")
                .endsWith(arguments.toArray(String[]::new));
    }

    @Test
    void savesThatCompilerOtherwise() throws Exception {
        assertThat(handedOver("--tls-provider", "conscrypt", "jdk", "a file"))
                .contains("-XX:TieredStopAtLevel=1", "a file");
    }
}
