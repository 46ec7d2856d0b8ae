package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each exit status, and the words that come with it. */
final class StatusIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void zeroWhenAllArrived() {
        RunningReceive receive = bench.receive("--once");

        bench.send(bench.file("file", 10), receive.endpoint()).expect(0);

        receive.process().awaitEnd().expect(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"send", "receive"})
    void zeroForHelpAndVersion(String program) {
        Result help = Command.of(Command.program(program), "--help").run().expect(0);
        Result version = Command.of(Command.program(program), "--version").run().expect(0);

        for (int status : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130, 143}) {
            assertThat(help.output()).containsPattern("(?m)^ +" + status + " +\\S");
        }
        assertThat(version.output()).startsWith(program + " (Ferry) ");
        assertThat(help.errors() + version.errors()).isEmpty();
    }

    @Test
    void oneWhenTheProgramItselfFails() {
        RunningReceive receive = bench.receive();

        Result sent = bench.sending(bench.file("file", 10), receive.endpoint())
                .with("FERRY_JAVA_OPTS", "-XX:MaxDirectMemorySize=1k")
                .run()
                .expect(1);

        assertThat(sent.errors()).contains("send: error: internal error: ", "hint: try again with FERRY_DEBUG=1");
    }

    @ParameterizedTest
    @CsvSource({
        "send, ''",
        "send, file",
        "send, --no-such-option file host",
        "send, --limit fast file host",
        "send, file host:99999",
        "send, -4 -6 file host",
        "receive, file",
        "receive, --listen nowhere:",
        "receive, --on-conflict burn",
        "receive, --stdout --json",
        "receive, --max-size 0",
    })
    void twoForWrongUsage(String program, String arguments) {
        Object[] words = arguments.isEmpty() ? new Object[0] : arguments.split(" ");

        Result result = Command.of(Command.program(program), words).run().expect(2);

        assertThat(result.output()).isEmpty();
        assertThat(result.errorLines().getFirst()).matches(program + ": error: [^A-Z].*[^.]");
        assertThat(result.errorLines()).anyMatch(line -> line.startsWith("hint: "));
    }

    @Test
    void threeWhenTheSourceIsNotThere() {
        Result sent = bench.send("missing", "127.0.0.1:1").expect(3);

        assertThat(sent.errorLines().getFirst()).isEqualTo("send: error: missing: no such file or directory");
    }

    @Test
    void threeWhenTheFolderCannotBeUsed() {
        Path file = bench.file("file", 10);

        Result received =
                Command.receive("--dir", file, "--listen", "127.0.0.1:0").run();

        received.expect(3);
        assertThat(received.errorLines().getFirst()).startsWith("receive: error: " + file + ": ");
    }

    @Test
    void fourWhenNobodyIsThere() {
        Result sent = bench.send(bench.file("file", 10), "127.0.0.1:1").expect(4);

        assertThat(sent.errorLines())
                .startsWith("send: error: 127.0.0.1:1: connection refused")
                .contains("hint: retry with --wait 60s");
    }

    @Test
    void fourWhenTheHostIsUnknown() {
        Result sent = bench.send(bench.file("file", 10), "no-such-host.invalid").expect(4);

        assertThat(sent.errorLines().getFirst()).startsWith("send: error: no-such-host.invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--plain", "--no-progress"})
    void fourWhenThePeerIsSilent(String option) {
        ScriptedPeer peer = bench.keep(ScriptedPeer.silent());

        Result sent = bench.send(option, "--timeout", "500ms", bench.file("file", 10), peer.endpoint())
                .expect(4);

        assertThat(sent.errors()).contains("send: error: " + peer.endpoint() + ": ");
    }

    @Test
    void fiveWhenTheReceiverDoesNotLetThemIn() {
        RunningReceive receive = bench.receive("--code", "--standing");

        Result sent =
                bench.send("--json", bench.file("file", 10), receive.endpoint()).expect(5);

        assertThat(sent.event("stopped").text("code")).isEqualTo("code_needed");
        receive.stop().expect(0);
        assertThat(receive.folder()).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--plain", "--no-progress"})
    void sixWhenThePeerIsNotFerry(String option) {
        ScriptedPeer peer = bench.keep(ScriptedPeer.saying("HTTP/1.1 400 Bad Request\r\n\r\n"));

        Result sent =
                bench.send(option, bench.file("file", 10), peer.endpoint()).expect(6);

        assertThat(sent.errors()).contains("send: error: " + peer.endpoint() + ": ");
    }

    @Test
    void sevenWhenBytesAreChangedOnTheWay() {
        RunningReceive receive = bench.receive();
        ScriptedPeer relay = bench.keep(ScriptedPeer.corrupting(receive.port(), 500_000));

        Result sent = bench.send("--retries", "0", "--plain", bench.file("file", 1_000_000), relay.endpoint())
                .expect(7);

        assertThat(sent.errors()).contains("crc32c");
        assertThat(receive.awaitFinished().number("status")).isEqualTo(7);
        receive.stop().expect(0);
        assertThat(receive.folder()).isEmptyDirectory();
    }

    @Test
    void eightWhenTheReceiverRefuses() {
        RunningReceive receive = bench.receive("--once", "--max-size", "1kB");

        Result sent = bench.send("--json", bench.file("file", 1001), receive.endpoint())
                .expect(8);

        assertThat(sent.event("failed").text("code")).isEqualTo("too_large");
    }

    @Test
    void nineWhenOnlySomeOfItArrived() {
        bench.file("from/small", 10);
        bench.file("from/large", 2000);
        RunningReceive receive = bench.receive("--once", "--max-size", "1kB");

        bench.send("from", receive.endpoint()).expect(9);

        receive.process().awaitEnd().expect(9);
        assertThat(receive.folder().resolve("from/small")).hasSize(10);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void theSignalsNumberWhenSendIsStopped(String signal, int status) {
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(withDefaultSignals(bench.sending("-", receive.endpoint())));
        receive.awaitEvents("started", 1);

        send.signal(signal);

        Result sent = send.awaitEnd().expect(status);
        assertThat(sent.errors()).contains("send: error: ");
        assertThat(receive.awaitEvents("stopped", 1).getFirst().text("code")).isEqualTo("peer_stopped");
        assertThat(receive.awaitFinished().number("status")).isEqualTo(4);
        receive.stop().expect(0);
        assertThat(receive.folder()).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void theSignalsNumberWhenReceiveHadToAbortATransfer(String signal, int status) {
        Path out = bench.path("out");
        RunningReceive receive = bench.receive(
                withDefaultSignals(bench.receiving(out).and("--listen", "127.0.0.1:0", "--grace", "0s")), out);
        RunningProcess send = bench.start(bench.sending("--retries", "0", "--json", "-", receive.endpoint()));
        receive.awaitEvents("started", 1);

        receive.process().signal(signal);

        receive.process().awaitEnd().expect(status);
        assertThat(send.awaitEnd().expect(4).event("stopped").text("code")).isEqualTo("shutting_down");
        assertThat(out).isEmptyDirectory();
    }

    @Test
    void namesAreEscapedWhereverTheyAreShown() {
        String name = "red\u001b[31m\nsend: error: fake\u202e\u0085";
        bench.file("from/" + name, 2000);
        RunningReceive receive = bench.receive("--max-size", "1kB");

        Result sent = bench.send("--verbose", "from", receive.endpoint());
        Result missing = bench.send(name, "127.0.0.1:1").expect(3);

        String harmful = "[\\p{Cntrl}\u0080-\u009f\u202e&&[^\\n]]";
        for (Result result : List.of(sent, missing, receive.stop())) {
            assertThat(result.errors()).doesNotContainPattern(harmful);
            assertThat(result.errors()).contains("red\\e[31m\\nsend: error: fake");
            assertThat(result.errorLines()).noneMatch(line -> line.startsWith("send: error: fake"));
        }
    }

    /** Whoever starts the tests in the background of a shell has them ignore SIGINT, and all that they start. */
    private static Command withDefaultSignals(Command command) {
        return command.under("env", "--default-signal=INT,TERM");
    }
}
