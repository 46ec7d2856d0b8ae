package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent.Warning;
import ferry.event.TransferListener;
import ferry.trust.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretReaderTest {
    private static final String PASSPHRASE = "correct horse battery staple";

    @TempDir
    private Path folder;

    private final List<Warning> warnings = new ArrayList<>();
    private final TransferListener listener = event -> warnings.add((Warning) event);

    @Test
    void takesTheVariableWhereNoOptionSaysOtherwise() throws Exception {
        SecretSource source = new SecretSource.Environment();
        assertThat(read(source, Map.of())).isEmpty();
        assertThat(read(source, Map.of("FERRY_CODE", PASSPHRASE)).orElseThrow().text())
                .isEqualTo(PASSPHRASE);
        assertThat(warnings).isEmpty();
        assertRefused(ErrorCode.USAGE, "FERRY_CODE: it is empty", () -> read(source, Map.of("FERRY_CODE", "")));
        assertRefused(
                ErrorCode.USAGE,
                "FERRY_CODE: expected at least 20 characters, got 5",
                () -> read(source, Map.of("FERRY_CODE", "short")));
    }

    @Test
    void warnsThatOthersSeeACodeOnTheCommandLine() throws Exception {
        Secret secret = read(new SecretSource.Option(PASSPHRASE), Map.of("FERRY_CODE", "other"))
                .orElseThrow();
        assertThat(secret.text()).isEqualTo(PASSPHRASE);
        assertThat(warnings).singleElement().satisfies(warning -> {
            assertThat(warning.text())
                    .isEqualTo("--code: others on this machine can see the code in the list of processes");
            assertThat(warning.weight()).isEqualTo(Warning.Weight.SECURITY);
        });
        assertRefused(ErrorCode.USAGE, "--code: it is empty", () -> read(new SecretSource.Option(""), Map.of()));
    }

    @Test
    void readsAFileAndWarnsIfOthersMay() throws Exception {
        Path file = Files.writeString(folder.resolve("code"), PASSPHRASE + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(read(new SecretSource.File(file), Map.of()).orElseThrow().text())
                .isEqualTo(PASSPHRASE);
        assertThat(warnings).isEmpty();
        for (String mode : List.of("rw-r-----", "rw----r--")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThat(read(new SecretSource.File(file), Map.of())).isPresent();
            assertThat(warnings).singleElement().satisfies(warning -> {
                assertThat(warning.text()).isEqualTo(file + ": others on this machine may read the code");
                assertThat(warning.hints()).containsExactly("chmod 600 " + file);
            });
            warnings.clear();
        }
    }

    @Test
    void readsAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                Files.writeString(pipe, PASSPHRASE + "\n");
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(read(new SecretSource.File(pipe), Map.of()).orElseThrow().text())
                .isEqualTo(PASSPHRASE);
        writer.join();
    }

    @Test
    void saysWhatIsWrongWithAFile() throws Exception {
        Path file = folder.resolve("code");
        SecretSource source = new SecretSource.File(file);
        assertRefused(ErrorCode.TRUST_FILE, file + ": no such file or directory", () -> read(source, Map.of()));
        Files.writeString(file, "");
        assertRefused(ErrorCode.USAGE, file + ": it is empty", () -> read(source, Map.of()));
        Files.writeString(file, "twelve chars\n");
        assertRefused(
                ErrorCode.USAGE, file + ": expected at least 20 characters, got 12", () -> read(source, Map.of()));
        Files.writeString(file, PASSPHRASE + "\n" + PASSPHRASE + "\n");
        assertRefused(ErrorCode.USAGE, file + ": expected one line, got more, or a NUL", () -> read(source, Map.of()));
        Files.write(file, new byte[5000]);
        assertRefused(
                ErrorCode.TRUST_FILE, file + ": expected at most 4098 bytes, got more", () -> read(source, Map.of()));
        Files.write(file, new byte[] {(byte) 0xc3});
        assertRefused(
                ErrorCode.TRUST_FILE, file + ": expected UTF-8, got something else", () -> read(source, Map.of()));
        assertThat(warnings).isEmpty();
    }

    @Test
    void asksAtTheTerminal() throws Exception {
        SecretReader reader = new SecretReader(Map.of(), listener, question -> {
            assertThat(question).isEqualTo("Code: ");
            return Optional.of(PASSPHRASE);
        });
        assertThat(reader.read(new SecretSource.Bare()).orElseThrow().text()).isEqualTo(PASSPHRASE);
    }

    @Test
    void saysThatThereIsNoTerminal() {
        assertRefused(
                ErrorCode.USAGE,
                "--code: there is no terminal to ask for it, or nothing was typed",
                () -> read(new SecretSource.Bare(), Map.of()));
    }

    /** Whatever reads, and may fail. */
    private interface Reading {
        Optional<Secret> read() throws TransferException;
    }

    private Optional<Secret> read(SecretSource source, Map<String, String> environment) throws TransferException {
        return SecretReader.read(source, environment, listener);
    }

    private static void assertRefused(ErrorCode code, String message, Reading reading) {
        assertThatThrownBy(reading::read)
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessage(message);
    }
}
