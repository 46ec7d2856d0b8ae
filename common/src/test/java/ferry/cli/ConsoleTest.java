package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final TestConsole test = new TestConsole();
    private final Console console = test.console();

    @Test
    void putsResultsOnStandardOutputAndWordsOnStandardError() {
        console.result("a/b.txt");
        console.say("listening");
        console.warning("not encrypted", List.of("send --help"));
        console.error("a: no such file", List.of());

        assertThat(test.out()).isEqualTo("a/b.txt\n");
        assertThat(test.err())
                .isEqualTo(
                        "send: listening\nsend: warning: not encrypted\nhint: send --help\nsend: error: a: no such file\n");
    }

    @Test
    void escapesWhatCouldHarmATerminal() {
        console.result("a\u001b[2Jb\n");
        console.say("x\u202ey");
        console.error("\u009b31m", List.of("\r"));

        assertThat(test.out()).isEqualTo("a\\e[2Jb\\n\n");
        assertThat(test.err()).isEqualTo("send: x\\u{202e}y\nsend: error: \\u{009b}31m\nhint: \\r\n");
    }

    @Test
    void writesUtf8AndEscapesUnpairedSurrogates() {
        console.result("höhe 文件 \ud83d\ude80 \ud83d");

        assertThat(test.out()).isEqualTo("höhe 文件 \ud83d\ude80 \\u{d83d}\n");
    }

    @Test
    void takesTheBarAwayForALineAndDrawsItAgain() {
        console.drawBar("[=> ]");
        console.say("a line");
        console.removeBar();
        console.say("after");

        String shown = "\u001b[?7l[=> ]\u001b[?7h";
        assertThat(test.err())
                .isEqualTo("\r\u001b[K" + shown + "\r\u001b[Ksend: a line\n" + shown + "\r\u001b[Ksend: after\n");
    }

    @Test
    void takesTheBarAwayForAResultToo() {
        console.drawBar("[=> ]");
        console.result("result");

        assertThat(test.out()).isEqualTo("result\n");
        assertThat(test.err()).endsWith("\r\u001b[K\u001b[?7l[=> ]\u001b[?7h");
    }

    @Test
    void goesOnWithoutStandardOutputAndKeepsTheReason() {
        Console broken = test.withBrokenOutput();
        broken.result("lost");
        broken.result("lost too");
        broken.say("goes on");

        assertThat(broken.brokenOutput()).hasValueSatisfying(e -> assertThat(e).hasMessage("Broken pipe"));
        assertThat(test.err()).isEqualTo("send: goes on\n");
    }

    @Test
    void goesOnWithoutStandardError() {
        Console broken = new Console("send", TestConsole.brokenPipe(), TestConsole.brokenPipe());
        broken.say("lost");
        broken.drawBar("lost");
        broken.removeBar();

        assertThat(broken.brokenOutput()).isEmpty();
    }

    @Test
    void neverMixesLinesOfSeveralThreads() {
        int threads = 4;
        int lines = 500;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                String line = Integer.toString(i).repeat(100);
                pool.execute(() -> {
                    for (int round = 0; round < lines; round++) {
                        console.say(line);
                    }
                });
            }
        }
        assertThat(test.err().lines()).hasSize(threads * lines).allMatch(line -> line.matches("send: (.)\\1{99}"));
    }
}
