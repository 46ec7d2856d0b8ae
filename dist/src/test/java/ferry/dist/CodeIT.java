package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A code that both sides know: who has it may send, once, and who has not may not. */
final class CodeIT {
    private static final String PASSPHRASE = "a passphrase of more than twenty characters";

    /** As Ferry makes them, which a passphrase is not: it takes seconds of a processor. */
    private static final String ANOTHER = "10-supply-nephew-deacon-line-recite-dentist";

    @RegisterExtension
    private final Bench bench = new Bench();

    private Path file = Path.of("");

    @BeforeEach
    void file() {
        file = bench.file("report.pdf", 1000);
    }

    @Test
    void theCodeThatReceiveMakesLetsOneTransferIn() {
        RunningReceive receive = bench.receive("--code");

        Result sent = bench.send("--code-file", codeFile(receive), file, receive.endpoint());

        sent.expect(0);
        receive.process().awaitEnd().expect(0);
        assertThat(receive.folder().resolve("report.pdf")).hasSameBinaryContentAs(file);
    }

    @Test
    void aCodeMayComeFromTheEnvironmentToo() {
        RunningReceive receive = bench.receive(
                bench.receiving(bench.path("out"))
                        .and("--listen", "127.0.0.1:0")
                        .with("FERRY_CODE", PASSPHRASE),
                bench.path("out"));

        bench.sending(file, receive.endpoint())
                .with("FERRY_CODE", PASSPHRASE)
                .run()
                .expect(0);

        receive.process().awaitEnd().expect(0);
        assertThat(receive.folder()).isDirectoryContaining("glob:**report.pdf");
    }

    @Test
    void theLineThatReceivePrintsWorksAsItStandsAndAsksForTheCode() {
        RunningProcess receive =
                bench.start(Command.receive("--code", "--dir", bench.path("out"), "--listen", "127.0.0.1:0")
                        .as(bench.receiver()));
        receive.awaitErrors("hint: send");
        String code = printed(receive, "code ").replaceFirst(" .*", "");
        String line = printed(receive, "hint: ").replace("FILE...", "report.pdf");
        Tmux terminal = bench.keep(Tmux.open(bench.path(""), bench.sender()));

        terminal.type("PATH=" + Command.program("") + ":$PATH; " + line + "; echo status $?");
        terminal.await(screen -> screen.endsWith("Code:"));
        terminal.type(code);

        String after = terminal.await(screen -> screen.contains("status 0"));
        assertThat(after).doesNotContain(code).doesNotContain(code.substring(3));
        receive.awaitEnd().expect(0);
        assertThat(bench.path("out/report.pdf")).hasSameBinaryContentAs(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"upper", "spaces", "newline"})
    void howAGeneratedCodeIsTypedDoesNotMatter(String how) {
        RunningReceive receive = bench.receive("--code");
        String code = receive.listening().text("code");
        String typed = switch (how) {
            case "upper" -> code.toUpperCase(Locale.ROOT);
            case "spaces" -> "  " + code.replace('-', ' ') + " ";
            default -> code + "\r\n";
        };

        bench.send("--code-file", bench.secret("typed", typed), file, receive.endpoint())
                .expect(0);

        receive.process().awaitEnd().expect(0);
    }

    @Test
    void aWrongCodeIsRefusedAndCountedAndTheRightOneStillWorks() {
        RunningReceive receive = bench.receive("--code");

        Result wrong = bench.send("--json", "--code-file", bench.secret("wrong", ANOTHER), file, receive.endpoint());

        wrong.expect(5);
        assertThat(wrong.event("stopped").text("code")).isEqualTo("wrong_code");
        assertThat(receive.process().soFar().events("started")).isEmpty();
        assertThat(receive.received()).isEmpty();
        bench.send("--code-file", codeFile(receive), file, receive.endpoint()).expect(0);
        Result received = receive.process().awaitEnd().expect(0);
        assertThat(received.events("warning"))
                .anyMatch(warning -> warning.text("text").startsWith("wrong code from 127.0.0.1"));
    }

    @Test
    void aSenderWithoutACodeIsToldWhatToType() {
        RunningReceive receive = bench.receive("--code");

        Result sent = bench.send(file, receive.endpoint()).expect(5);

        assertThat(sent.errors()).contains("code").contains("hint: ").contains("--code");
        assertThat(receive.received()).isEmpty();
    }

    @Test
    void aSenderWithACodeDoesNotSendToWhoeverHasNone() {
        RunningReceive receive = bench.receive();

        Result sent = bench.send("--code-file", bench.secret("code", ANOTHER), file, receive.endpoint());

        assertThat(sent.expect(5).errors()).contains("send: error: ", "code");
        assertThat(receive.received()).isEmpty();
    }

    @Test
    void aCodeIsOfNoUseAfterItsTransfer() {
        RunningReceive receive = bench.receive("--code");
        Path code = codeFile(receive);
        bench.send("--code-file", code, file, receive.endpoint()).expect(0);
        receive.process().awaitEnd().expect(0);
        RunningReceive next = bench.receive(
                bench.receiving(receive.folder()).and("--code", "--listen", receive.endpoint()), receive.folder());

        bench.send("--code-file", code, bench.file("second", 10), next.endpoint())
                .expect(5);

        assertThat(receive.received()).containsExactlyInAnyOrder("report.pdf");
    }

    @Test
    void aCodeBelongsToTheKeyThatUsedItFirstAndSurvivesABrokenTransfer() {
        RunningReceive receive = bench.receive("--code");
        Path code = codeFile(receive);
        RunningProcess broken = bench.start(bench.sending("--code-file", code, "-", receive.endpoint()));
        receive.awaitEvents("started", 1);
        broken.signal("KILL");
        broken.awaitEnd();
        receive.awaitFinished();

        Result thief = bench.sending("--json", "--code-file", code, file, receive.endpoint())
                .as(bench.person("another"))
                .run();
        assertThat(thief.expect(5).event("stopped").text("code")).isEqualTo("access_denied");
        assertThat(receive.process().isAlive()).isTrue();

        bench.send("--code-file", code, file, receive.endpoint()).expect(0);
        receive.process().awaitEnd().expect(0);
        assertThat(receive.received()).containsExactlyInAnyOrder("report.pdf");
    }

    @Test
    void aStandingCodeIsForAnyNumberOfTransfersOfAnybodyWhoHasIt() {
        RunningReceive receive = bench.receive("--code", "--standing");
        Path code = codeFile(receive);

        bench.send("--code-file", code, file, receive.endpoint()).expect(0);
        bench.sending("--code-file", code, bench.file("second", 10), receive.endpoint())
                .as(bench.person("another"))
                .run()
                .expect(0);
        bench.send(bench.file("third", 10), receive.endpoint()).expect(5);

        receive.stop().expect(0);
        assertThat(receive.received()).containsExactlyInAnyOrder("report.pdf", "second");
    }

    @Test
    void aCodeThatNobodyUsesExpires() {
        RunningReceive receive = bench.receive("--code", "--expires", "1s");

        Result received = receive.process().awaitEnd().expect(5);

        assertThat(received.errors()).contains("receive: error: ", "expired");
        bench.send("--code-file", codeFile(receive), file, receive.endpoint()).expect(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"send", "receive"})
    void aShortSecretIsRefusedWithTheReason(String program) {
        Path secret = bench.secret("secret", "nineteen characters");
        Command command = program.equals("send")
                ? bench.sending("--code-file", secret, file, "127.0.0.1:1")
                : bench.receiving(bench.path("out")).and("--listen", "127.0.0.1:0", "--code-file", secret);

        Result result = command.run().expect(2);

        assertThat(result.errorLines().getFirst())
                .isEqualTo(program + ": error: " + secret + ": expected at least 20 characters, got 19");
    }

    @Test
    void aMistakeInAGeneratedCodeIsFoundBeforeAnybodyIsAsked() {
        RunningReceive receive = bench.receive("--code");
        String code = receive.listening().text("code");
        String mistyped = (code.startsWith("11") ? "12" : "11") + code.substring(2);
        ScriptedPeer peer = bench.keep(ScriptedPeer.relaying(receive.port()));

        Result sent = bench.send("--code-file", bench.secret("code", mistyped), file, peer.endpoint())
                .expect(2);

        assertThat(sent.errors()).contains("its number does not fit its words").doesNotContain(code.substring(3));
        assertThat(peer.heard()).isEmpty();
    }

    @Test
    void aCodeOnTheCommandLineWorksWithAWarning() {
        RunningReceive receive = bench.receive("--code=" + ANOTHER);

        Result sent = bench.send("--code=" + ANOTHER, file, receive.endpoint()).expect(0);

        assertThat(sent.errors()).contains("send: warning: --code: others on this machine can see");
        assertThat(receive.process().awaitEnd().expect(0).events("warning"))
                .anyMatch(warning -> warning.text("text").contains("others on this machine can see"));
    }

    @Test
    void aCodeIsNeitherInTheListOfProcessesNorInWhatEitherProgramTells() throws IOException {
        Path out = bench.path("out");
        RunningReceive receive = bench.receive("--code", "--verbose");
        String code = receive.listening().text("code");
        RunningProcess send =
                bench.start(bench.sending("--verbose", "-", receive.endpoint()).with("FERRY_CODE", code));
        receive.awaitEvents("started", 1);

        assertThat(commandLines()).contains("ferry.send.SendCommand").doesNotContain(code);

        send.closeInput();
        Result sent = send.awaitEnd().expect(0);
        Result received = receive.process().awaitEnd().expect(0);
        String everything = sent.output()
                + sent.errors()
                + received.errors()
                + received.output().replaceFirst(".*\"listening\".*\n", "");
        assertThat(everything).contains("CODE_PROOF").doesNotContain(code).doesNotContain(code.substring(3));
        assertThat(out).isDirectoryContaining("glob:**stdin");
    }

    /** The command line of every process. */
    private static String commandLines() throws IOException {
        StringBuilder all = new StringBuilder();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    all.append(Files.readString(process.resolve("cmdline"))).append('\n');
                } catch (IOException e) {
                    // It has ended meanwhile.
                }
            }
        }
        return all.toString();
    }

    /** The rest of the line that has this beginning after the program's name. */
    private static String printed(RunningProcess process, String beginning) {
        return process.soFar().errorLines().stream()
                .map(line -> line.replaceFirst("^receive: ", ""))
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.substring(beginning.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(process.soFar().toString()));
    }

    private Path codeFile(RunningReceive receive) {
        return bench.secret("code", receive.listening().text("code") + "\n");
    }
}
