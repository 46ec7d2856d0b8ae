package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.TlsProvider;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

class SecurityOptionsTest {
    @Command
    private static final class Tool {
        @Mixin
        private SecurityOptions security;

        @Parameters(arity = "0..*")
        private List<String> operands = List.of();
    }

    @Test
    void asksForNothingUnlessTold() throws Exception {
        SecurityOptions options = parse("file", "host").security;
        assertThat(options.secretSource()).isEqualTo(new SecretSource.Environment());
        assertThat(options.certificate()).isEmpty();
        assertThat(options.authority()).isEmpty();
        assertThat(options.provider()).isEqualTo(TlsProvider.AUTO);
        assertThat(options.wantsFingerprint()).isFalse();
    }

    @Test
    void readsEveryOption() throws Exception {
        SecurityOptions options = parse(
                        "--code-file=c",
                        "--tls-cert",
                        "a",
                        "--tls-key",
                        "b",
                        "--tls-ca=ca",
                        "--tls-provider=jdk",
                        "--fingerprint")
                .security;
        assertThat(options.secretSource()).isEqualTo(new SecretSource.File(Path.of("c")));
        assertThat(options.certificate()).contains(new CertificateFiles(Path.of("a"), Path.of("b")));
        assertThat(options.authority()).contains(Path.of("ca"));
        assertThat(options.provider()).isEqualTo(TlsProvider.JDK);
        assertThat(options.wantsFingerprint()).isTrue();
    }

    @Test
    void takesOnlyAnAttachedTextForTheCode() throws Exception {
        Tool alone = parse("--code", "file", "host");
        assertThat(alone.security.secretSource()).isEqualTo(new SecretSource.Bare());
        assertThat(alone.operands).containsExactly("file", "host");

        Tool last = parse("file", "host", "--code");
        assertThat(last.security.secretSource()).isEqualTo(new SecretSource.Bare());
        assertThat(last.operands).containsExactly("file", "host");

        Tool beforeOption = parse("--code", "--fingerprint");
        assertThat(beforeOption.security.secretSource()).isEqualTo(new SecretSource.Bare());
        assertThat(beforeOption.security.wantsFingerprint()).isTrue();

        Tool attached = parse("--code=a b=c", "file");
        assertThat(attached.security.secretSource()).isEqualTo(new SecretSource.Option("a b=c"));
        assertThat(attached.operands).containsExactly("file");
    }

    @Test
    void takesAnEmptyCodeForAMistakeAndNotForNone() throws Exception {
        assertThat(parse("--code=").security.secretSource()).isEqualTo(new SecretSource.Option(""));
    }

    @Test
    void showsNoCodeInItsValues() throws Exception {
        assertThat(parse("--code=secret words").security.secretSource().toString())
                .doesNotContain("secret");
    }

    @Test
    void refusesWhatContradictsItself() {
        assertRefused("--code and --code-file: expected at most one of them", "--code", "--code-file=c");
        assertRefused("--code and --code-file: expected at most one of them", "--code=x", "--code-file=c");
        assertRefused("--code-file -: the code is not read from standard input", "--code-file", "-");
        assertRefused("--code-file: expected a file, it is empty", "--code-file=");
        assertRefused("--tls-cert and --tls-key: expected both or none of them", "--tls-cert=a");
        assertRefused("--tls-cert and --tls-key: expected both or none of them", "--tls-key=a");
        assertRefused("--tls-ca: expected a file, it is empty", "--tls-ca=");
    }

    private static Tool parse(String... arguments) {
        Tool tool = new Tool();
        new CommandLine(tool).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        return tool;
    }

    private static void assertRefused(String message, String... arguments) {
        SecurityOptions options = parse(arguments).security;
        assertThatThrownBy(() -> {
                    options.secretSource();
                    options.certificate();
                    options.authority();
                })
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
                .hasMessage(message);
    }
}
