package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class LauncherTest {
    private final TestConsole test = new TestConsole();
    private final Sample sample = new Sample();
    private Map<String, String> environment = Map.of();

    @Test
    void runsTheJobAndReturnsItsStatus() {
        sample.job = listener -> ExitStatus.PARTIAL;

        assertThat(run("a", "b")).isEqualTo(ExitStatus.PARTIAL);
        assertThat(sample.files).containsExactly("a", "b");
        assertThat(test.out() + test.err()).isEmpty();
    }

    @Test
    void takesArgumentsAsTheyAre() {
        run("@list", "-", "--", "--name", "a\\b", "\"quoted\"", "${sys:user.dir}", "-x");

        assertThat(sample.files).containsExactly("@list", "-", "--name", "a\\b", "\"quoted\"", "${sys:user.dir}", "-x");
    }

    @Test
    void waitsForAPeerForThirtySecondsUnlessTold() {
        run("a");
        assertThat(sample.common.timeout()).isEqualTo(Duration.ofSeconds(30));
        run("--timeout", "5m", "a");
        assertThat(sample.common.timeout()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void refusesAnUnknownOptionWithAHint() {
        assertThat(run("--quite", "a")).isEqualTo(ExitStatus.USAGE);
        assertThat(test.err())
                .isEqualTo("send: error: unknown option: '--quite'\nhint: did you mean --quiet?\nhint: send --help\n");
        assertThat(test.out()).isEmpty();
    }

    @Test
    void refusesAValueThatDoesNotFitAndSaysWhatWould() {
        assertThat(run("--timeout", "soon", "a")).isEqualTo(ExitStatus.USAGE);
        assertThat(test.err())
                .isEqualTo("send: error: invalid value for option '--timeout': 'soon' is not a duration: "
                        + "not a number with a unit; expected for example 500ms, 60s, 5m or 1h\nhint: send --help\n");
    }

    @Test
    void refusesMissingArguments() {
        assertThat(run()).isEqualTo(ExitStatus.USAGE);
        assertThat(test.err()).isEqualTo("send: error: missing required parameter: 'FILE'\nhint: send --help\n");
    }

    @Test
    void refusesOptionsThatContradictEachOther() {
        assertThat(run("-q", "-v", "a")).isEqualTo(ExitStatus.USAGE);
        assertThat(test.err())
                .isEqualTo("send: error: --quiet and --verbose: expected at most one of them\nhint: send --help\n");
        assertThat(run("--timeout", "0", "a")).isEqualTo(ExitStatus.USAGE);
    }

    @Test
    void refusesWhatTheProgramRefuses() {
        sample.refusal = Optional.of(new TransferException(ErrorCode.USAGE, "--name", "only goes with -"));

        assertThat(run("a")).isEqualTo(ExitStatus.USAGE);
        assertThat(test.err()).isEqualTo("send: error: --name: only goes with -\nhint: send --help\n");
    }

    @Test
    void showsTheVersionOnStandardOutput() {
        assertThat(run("--version")).isEqualTo(ExitStatus.DONE);
        assertThat(test.out()).matches("send \\(Ferry\\) \\d+\\.\\d+\\.\\d+\\S*\n");
        assertThat(test.err()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void showsEveryExitStatusInTheHelp(ExitStatus status) {
        assertThat(run("--help")).isEqualTo(ExitStatus.DONE);
        assertThat(test.out().lines())
                .anyMatch(line ->
                        line.matches(" +" + status.code() + " .*") && line.endsWith(ExitStatusHelp.meaning(status)));
        assertThat(test.err()).isEmpty();
    }

    @Test
    void tellsWhyAJobEndedEarlyWithItsHints() {
        sample.job = listener -> {
            throw new TransferException(ErrorCode.CONNECT_FAILED, "host:9000", "connection refused")
                    .withHint("receive --dir out");
        };

        assertThat(run("a")).isEqualTo(ExitStatus.NETWORK);
        assertThat(test.err()).isEqualTo("send: error: host:9000: connection refused\nhint: receive --dir out\n");
    }

    @Test
    void tellsItInJsonTooAndKeepsStandardErrorForErrors() {
        sample.job = listener -> {
            listener.on(new TransferEvent.Notice("waiting"));
            throw new TransferException(ErrorCode.CONNECT_FAILED, "host:9000", "connection refused");
        };

        assertThat(run("--json", "a")).isEqualTo(ExitStatus.NETWORK);
        assertThat(test.out().lines())
                .containsExactly(
                        "{\"v\":1,\"event\":\"notice\",\"text\":\"waiting\"}",
                        "{\"v\":1,\"event\":\"stopped\",\"transfer\":null,\"code\":\"connect_failed\",\"number\":400,"
                                + "\"status\":4,\"text\":\"host:9000: connection refused\",\"hints\":[]}");
        assertThat(test.err()).isEqualTo("send: error: host:9000: connection refused\n");
    }

    @Test
    void callsAnythingElseAnInternalErrorAndHidesTheTrace() {
        sample.job = listener -> {
            throw new IllegalStateException("\u001bboom");
        };

        assertThat(run("a")).isEqualTo(ExitStatus.INTERNAL);
        assertThat(test.err()).isEqualTo("""
                        send: error: internal error: java.lang.IllegalStateException: \\eboom
                        hint: try again with FERRY_DEBUG=1 set, and report what it prints
                        """);
    }

    @Test
    void showsTheTraceOfAnInternalErrorWhenVerbose() {
        sample.job = listener -> {
            throw new IllegalStateException("boom");
        };
        run("-v", "a");

        assertThat(test.err()).contains("    at ferry.cli.LauncherTest").doesNotContain("hint:");
    }

    @Test
    void showsEveryTraceForDebugging() {
        environment = Map.of("FERRY_DEBUG", "1");
        sample.job = listener -> {
            throw new TransferException(ErrorCode.CONNECT_FAILED, "host:9000", "connection refused");
        };
        run("a");

        assertThat(test.err()).contains("    at ferry.cli.LauncherTest");
    }

    @Test
    void resultsThatCannotBeWrittenTurnDoneIntoALocalFault() {
        sample.job = listener -> {
            listener.on(new TransferEvent.Found(Events.TRANSFER, Events.file("a", 1)));
            listener.on(new TransferEvent.Found(Events.TRANSFER, Events.file("b", 1)));
            return ExitStatus.DONE;
        };

        assertThat(run(test.withBrokenOutput(), "a")).isEqualTo(ExitStatus.LOCAL_FILE);
        assertThat(test.err()).isEqualTo("send: error: standard output: Broken pipe\n");
    }

    @Test
    void anotherStatusOutranksABrokenStandardOutput() {
        sample.job = listener -> {
            listener.on(new TransferEvent.Found(Events.TRANSFER, Events.file("a", 1)));
            return ExitStatus.REFUSED;
        };

        assertThat(run(test.withBrokenOutput(), "a")).isEqualTo(ExitStatus.REFUSED);
    }

    @Test
    void printsWhatADryRunFoundOnStandardOutput() {
        sample.job = listener -> {
            listener.on(new TransferEvent.Found(Events.TRANSFER, Events.file("d/a\n", 1)));
            listener.on(new TransferEvent.Found(Events.TRANSFER, Events.directory("d")));
            return ExitStatus.DONE;
        };
        run("--quiet", "a");

        assertThat(test.out()).isEqualTo("d/a\\n\nd/\n");
    }

    private ExitStatus run(String... arguments) {
        return run(test.console(), arguments);
    }

    private ExitStatus run(Console console, String... arguments) {
        return new Launcher(Launcher.commandLine(sample), sample, console, environment, Optional::empty).run(arguments);
    }

    @Command(name = "send", modelTransformer = ExitStatusHelp.class)
    private static final class Sample implements Program {
        @Mixin
        private CommonOptions common;

        @Option(names = "--name")
        private String name = "";

        @Parameters(paramLabel = "FILE", arity = "1..*")
        private List<String> files = new ArrayList<>();

        private Job job = listener -> ExitStatus.DONE;
        private Optional<TransferException> refusal = Optional.empty();

        @Override
        public CommonOptions common() {
            return common;
        }

        @Override
        public Job prepare() throws TransferException {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return name.isEmpty() ? job : listener -> ExitStatus.INTERNAL;
        }
    }
}
