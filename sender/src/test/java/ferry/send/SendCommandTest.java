package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.cli.CertificateFiles;
import ferry.entry.EntryKind;
import ferry.entry.Glob;
import ferry.entry.Placing;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.net.AddressFamily;
import ferry.net.Endpoint;
import ferry.net.TlsProvider;
import ferry.trust.KeyFingerprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class SendCommandTest {
    private static final String PIN = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @Test
    void sendsAllToTheLastOperandByDefault() throws Exception {
        SendRequest request = request("a.txt", "photos/", "host");
        assertThat(request.sources())
                .containsExactly(new Source.Named(Path.of("a.txt")), new Source.Named(Path.of("photos")));
        assertThat(request.target()).isEqualTo(new Endpoint.Tcp("host", Endpoint.DEFAULT_PORT));
        assertThat(request.mode())
                .isEqualTo(
                        new SendRequest.Mode.Encrypted(TlsProvider.AUTO, Optional.empty(), Optional.empty(), Set.of()));
        assertThat(request.action()).isEqualTo(SendRequest.Action.SEND);
        assertThat(request.links()).isEqualTo(Links.KEEP);
        assertThat(request.filter()).isEqualTo(EntryFilter.EVERYTHING);
        assertThat(request.bytesPerSecond()).isEmpty();
        assertThat(request.patience()).isZero();
        assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(request.connect().family()).isEqualTo(AddressFamily.ANY);
    }

    @Test
    void understandsEveryOption() throws Exception {
        SendRequest request = request(
                "--links",
                "follow",
                "--dry-run",
                "--atomic",
                "--wait",
                "60s",
                "--limit",
                "20MB/s",
                "--timeout",
                "5m",
                "-6",
                "--include",
                "*.jpg",
                "--include",
                "*.png",
                "--exclude",
                "cache/",
                "a",
                "[::1]:4000");
        assertThat(request.links()).isEqualTo(Links.FOLLOW);
        assertThat(request.action()).isEqualTo(SendRequest.Action.LIST);
        assertThat(request.placing()).isEqualTo(Placing.ALL_AT_ONCE);
        assertThat(request.patience()).isEqualTo(Duration.ofSeconds(60));
        assertThat(request.bytesPerSecond()).hasValue(20_000_000);
        assertThat(request.timeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(request.connect().family()).isEqualTo(AddressFamily.IPV6);
        assertThat(request.filter().includes()).extracting(Glob::toString).containsExactly("*.jpg", "*.png");
        assertThat(request.filter().excludes()).extracting(Glob::toString).containsExactly("cache/");
        assertThat(request.target()).isEqualTo(new Endpoint.Tcp("::1", 4000));
        assertThat(request("-4", "a", "h").connect().family()).isEqualTo(AddressFamily.IPV4);
    }

    @Test
    void encryptsToTheReceiverThatIsAskedFor() throws Exception {
        SendRequest request = request(
                "--pin",
                PIN,
                "--tls-cert",
                "c.pem",
                "--tls-key",
                "k.pem",
                "--tls-ca",
                "ca.pem",
                "--tls-provider",
                "jdk",
                "a",
                "h");
        assertThat(request.mode())
                .isEqualTo(new SendRequest.Mode.Encrypted(
                        TlsProvider.JDK,
                        Optional.of(new CertificateFiles(Path.of("c.pem"), Path.of("k.pem"))),
                        Optional.of(Path.of("ca.pem")),
                        Set.of(KeyFingerprint.parse(PIN).orElseThrow())));
        assertThat(request("--code", "a", "h").mode()).isInstanceOf(SendRequest.Mode.Encrypted.class);
        assertThat(request("--code-file", "c", "a", "h").provesCode()).isTrue();
        assertThat(request("--dry-run", "--code-file", "c", "a", "h").provesCode())
                .isFalse();
        assertThat(request("--plain", "a", "h").mode()).isEqualTo(new SendRequest.Mode.Plain());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--pin " + PIN,
                "--code",
                "--code-file=c",
                "--tls-ca=c",
                "--tls-cert=c --tls-key=k",
            })
    void neverLetsAnybodyBelieveThatSomethingProtectsWhatIsNotEncrypted(String protection) {
        for (String option : List.of("--plain", "--classic")) {
            String[] words = (option + " " + protection + " a h").split(" ");
            assertThatThrownBy(() -> request(words))
                    .hasMessage(option + ": without encryption no key, code or certificate protects what is sent");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--plain", "--classic"})
    void refusesACodeInTheEnvironmentToo(String option) throws Exception {
        Map<String, String> environment = Map.of("FERRY_CODE", "anything");
        assertThatThrownBy(() -> parsed(option, "a", "h").request(environment))
                .isInstanceOfSatisfying(TransferException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
                    assertThat(e).hasMessage(option + ": without encryption the code in FERRY_CODE protects nothing");
                });
        assertThat(parsed("a", "h").request(environment).mode()).isInstanceOf(SendRequest.Mode.Encrypted.class);
    }

    @Test
    void takesOptionsAmongTheOperands() throws Exception {
        SendRequest request = request("a", "--exclude", "*.log", "b", "--wait", "1s", "host");
        assertThat(request.sources()).hasSize(2);
        assertThat(request.filter().choose(EntryFilter.Choice.TAKEN, RelativePath.parse("b/x.log"), EntryKind.FILE))
                .isEqualTo(EntryFilter.Choice.LEFT_OUT);
    }

    @Test
    void takesADashForStandardInput() throws Exception {
        assertThat(request("-", "host").sources()).containsExactly(new Source.StandardInput("stdin"));
        assertThat(request("--name", "a b.tar", "-", "host").sources())
                .containsExactly(new Source.StandardInput("a b.tar"));
        assertThat(request("--classic", "-", "host").mode()).isEqualTo(new SendRequest.Mode.Classic());
    }

    @Test
    void takesWhatFollowsADoubleDashForNames() throws Exception {
        assertThat(request("--", "--name", "-4", "host").sources())
                .containsExactly(new Source.Named(Path.of("--name")), new Source.Named(Path.of("-4")));
        assertThat(request("./-", "@list", "host").sources())
                .containsExactly(new Source.Named(Path.of("./-")), new Source.Named(Path.of("@list")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""                            | no source: expected SOURCE... TARGET
            a                             | no target: expected SOURCE... TARGET
            - - host                      | '-': standard input can be read only once
            --name x a host               | --name: it names standard input, which is not among the sources
            --name x/y - host             | --name x/y: expected a name, got a path
            --name .. - host              | --name ..: a segment is '..'
            --name .ferry - host          | --name .ferry: '.ferry' is the receiver's own folder
            -4 -6 a host                  | -4 and -6: expected at most one of them
            --classic a b host            | --classic: it sends exactly one file, got 2 sources
            --classic --compress zstd a h | --compress zstd and --classic: the classic protocol sends a file as it is
            --classic --include x a host  | --classic: it sends exactly one file, so there is nothing to include or exclude
            --classic a unix:/run/x       | --classic: a receiver on a Unix socket cannot tell a whole file from one that broke off
            --pin sha256:ab a host        | --pin sha256:ab: expected sha256: and 64 hexadecimal digits
            --plain --classic a host      | --plain and --classic: expected at most one of them
            --remove-source - host        | --remove-source: standard input cannot be removed
            --remove-source --classic a h | --remove-source: the classic protocol has no receipts, so nothing could ever be removed
            --remove-source --links follow a host | --remove-source and --links follow: what a link leads to would be removed
            --atomic a b host             | --atomic: expected one SOURCE, a directory, got 2
            --atomic - host               | --atomic: expected a directory, got standard input
            --atomic --classic a h        | --atomic and --classic: the classic protocol sends a file, and no directory
            --retries -1 a host           | --retries -1: expected a number of 0 or more
            --retry-wait 0s a host        | --retry-wait: expected a time longer than 0
            --include [ a host            | pattern '[': it ends too early, after '['
            """)
    void refusesWhatMakesNoSense(String arguments, String message) {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
        assertThatThrownBy(() -> request(words)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
            assertThat(e).hasMessage(message);
        });
    }

    @Test
    void refusesAnEmptySourceWhichWouldBeTheCurrentDirectory() {
        assertThatThrownBy(() -> request("", "host")).hasMessage("empty source: expected a file, a directory or '-'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--limit 0",
                "--limit 999B/s",
                "--limit fast",
                "--wait soon",
                "--links copy",
                "--unknown",
                "--timeout"
            })
    void leavesBadValuesToTheParser(String option) {
        String[] arguments = Stream.concat(Stream.of("a", "host"), Stream.of(option.split(" ")))
                .toArray(String[]::new);
        assertThatThrownBy(() -> request(arguments)).isInstanceOf(CommandLine.ParameterException.class);
    }

    @Test
    void explainsItselfWithExamplesAndExitStatuses() {
        String help = new CommandLine(new SendCommand()).getUsageMessage(Ansi.OFF);
        assertThat(help)
                .contains("Usage: send [OPTION]... SOURCE... TARGET", "HOST:PORT", "7363", "Examples:")
                .contains("What becomes of symbolic links in directories");
        for (ExitStatus status : ExitStatus.values()) {
            assertThat(help).containsPattern("(?m)^\\s+%d\\s+\\S".formatted(status.code()));
        }
        assertThat(help.lines().map(String::length)).allMatch(length -> length <= 80);
    }

    private static SendRequest request(String... arguments) throws TransferException {
        return parsed(arguments).request(Map.of());
    }

    private static SendCommand parsed(String... arguments) {
        SendCommand command = new SendCommand();
        new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .parseArgs(arguments);
        return command;
    }
}
