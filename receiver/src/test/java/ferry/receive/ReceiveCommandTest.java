package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.cli.SecretSource;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import ferry.receive.ReceiveRequest.Destination;
import ferry.receive.ReceiveRequest.Lifetime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class ReceiveCommandTest {
    @Test
    void receivesIntoTheCurrentFolderOnEveryAddressByDefault() throws Exception {
        ReceiveRequest request = request();
        assertThat(request.destination())
                .isEqualTo(new Destination.Folder(
                        Path.of("."), ConflictPolicy.RENAME, SyncPolicy.FSYNC, false, StagingOptions.DEFAULT));
        assertThat(request.endpoints()).containsExactly(new Endpoint.Tcp(Endpoint.ANY_HOST, Endpoint.DEFAULT_PORT));
        assertThat(request.lifetime()).isEqualTo(Lifetime.UNTIL_STOPPED);
        assertThat(request.accept()).isEqualTo(AcceptOptions.DEFAULT);
        assertThat(request.maxSize()).isEmpty();
        assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(request.grace()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void understandsEveryOption() throws Exception {
        ReceiveRequest request = request(
                "--dir",
                "out",
                "--listen",
                "127.0.0.1:0",
                "--listen",
                "[::1]:4000",
                "--listen",
                "unix:/run/ferry.sock",
                "--once",
                "--on-conflict",
                "overwrite",
                "--max-size",
                "20MB",
                "--no-fsync",
                "--keep-partial",
                "12h",
                "--max-staging",
                "3GB",
                "--max-connections",
                "7",
                "--backlog",
                "8",
                "--grace",
                "5m",
                "--timeout",
                "10s");
        assertThat(request.destination())
                .isEqualTo(new Destination.Folder(
                        Path.of("out"),
                        ConflictPolicy.OVERWRITE,
                        SyncPolicy.NO_FSYNC,
                        false,
                        new StagingOptions(Duration.ofHours(12), OptionalLong.of(3_000_000_000L))));
        assertThat(request.endpoints())
                .containsExactly(
                        new Endpoint.Tcp("127.0.0.1", 0),
                        new Endpoint.Tcp("::1", 4000),
                        new Endpoint.Unix(Path.of("/run/ferry.sock")));
        assertThat(request.lifetime()).isEqualTo(Lifetime.ONE_TRANSFER);
        assertThat(request.maxSize()).hasValue(20_000_000);
        assertThat(request.accept().maxConnections()).isEqualTo(7);
        assertThat(request.accept().backlog()).isEqualTo(8);
        assertThat(request.grace()).isEqualTo(Duration.ofMinutes(5));
        assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void writesASingleFileToStandardOutput() throws Exception {
        ReceiveRequest request = request("--stdout");
        assertThat(request.destination()).isEqualTo(new Destination.StandardOutput());
        assertThat(request.lifetime()).isEqualTo(Lifetime.ONE_TRANSFER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --stdout --json            | --stdout and --json: both would write to standard output
            --stdout --dir x           | --dir: it is about a folder, and --stdout writes to none
            --stdout --on-conflict fail| --on-conflict: it is about a folder, and --stdout writes to none
            --stdout --no-fsync        | --no-fsync: it is about a folder, and --stdout writes to none
            --stdout --keep-partial 1d | --keep-partial: it is about a folder, and --stdout writes to none
            --stdout --max-staging 1GB | --max-staging: it is about a folder, and --stdout writes to none
            --stdout --list-partial    | --list-partial: it is about a folder, and --stdout writes to none
            --max-staging 0            | --max-staging: expected more than nothing
            --max-size 0               | --max-size: expected more than nothing
            --max-connections 0        | --max-connections: expected at least 1, got 0
            --backlog -1               | --backlog: expected at least 1, got -1
            """)
    void refusesWhatMakesNoSense(String arguments, String message) {
        assertThatThrownBy(() -> request(arguments.split(" "))).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
            assertThat(e).hasMessage(message);
        });
    }

    @Test
    void refusesAnEmptyFolderWhichWouldBeTheCurrentOne() {
        assertThatThrownBy(() -> request("--dir", "")).hasMessage("--dir: expected a folder, it is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b:c", "host:99999", ""})
    void refusesWhatIsNoEndpoint(String text) {
        assertThatThrownBy(() -> request("--listen", text))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
    }

    @Test
    void letsInWhoeverComesUnlessToldOtherwise() throws Exception {
        AccessRequest access = access();
        assertThat(access.wish()).isEqualTo(AccessRequest.Wish.NONE);
        assertThat(access.code()).isEqualTo(new SecretSource.Environment());
        assertThat(access.use()).isEqualTo(SharedCode.Use.ONE_TRANSFER);
        assertThat(access.expires()).isEmpty();
        assertThat(access.allowed()).isEmpty();
    }

    @Test
    void understandsWhoMaySend() throws Exception {
        AccessRequest access = access("--code", "--standing", "--allow", "keys", "--no-plain", "--dir", "out");
        assertThat(access.code()).isEqualTo(new SecretSource.Bare());
        assertThat(access.use()).isEqualTo(SharedCode.Use.STANDING);
        assertThat(access.allowed()).contains(Path.of("keys"));
        assertThat(access.wish()).isEqualTo(AccessRequest.Wish.NO_PLAIN);
        assertThat(access("--code-file", "c", "--expires", "10m").expires()).contains(Duration.ofMinutes(10));
        assertThat(access("--plain-only").wish()).isEqualTo(AccessRequest.Wish.PLAIN_ONLY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--plain-only --no-plain",
                "--plain-only --code",
                "--plain-only --code-file c",
                "--plain-only --allow keys",
                "--plain-only --tls-ca ca.pem",
                "--standing --expires 1h",
                "--expires 0s",
                "--code --quiet"
            })
    void refusesWhatSaysTwoThingsOfWhoMaySend(String arguments) {
        assertThatThrownBy(() -> access(arguments.split(" ")))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--on-conflict ask", "--max-size big", "--grace soon", "--max-connections x", "out", "--dir"})
    void leavesBadValuesToTheParser(String arguments) {
        assertThatThrownBy(() -> request(arguments.split(" "))).isInstanceOf(CommandLine.ParameterException.class);
    }

    @Test
    void explainsItselfWithExamplesAndExitStatuses() {
        String help = new CommandLine(new ReceiveCommand()).getUsageMessage(Ansi.OFF);
        assertThat(help)
                .contains("Usage: receive [OPTION]...", "port 7363", "Examples:", "Stopping:")
                .contains("(default: 30s)");
        for (ExitStatus status : ExitStatus.values()) {
            assertThat(help).containsPattern("(?m)^\\s+%d\\s+\\S".formatted(status.code()));
        }
        assertThat(help.lines().map(String::length)).allMatch(length -> length <= 80);
    }

    private static ReceiveRequest request(String... arguments) throws TransferException {
        return parsed(arguments).request();
    }

    private static AccessRequest access(String... arguments) throws TransferException {
        return parsed(arguments).access();
    }

    private static ReceiveCommand parsed(String... arguments) {
        ReceiveCommand command = new ReceiveCommand();
        new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .parseArgs(arguments);
        return command;
    }
}
