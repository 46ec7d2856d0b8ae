package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person sees. */
final class TerminalIT {
    private static final Pattern BAR = Pattern.compile(
            "(?m)^ *\\d+% \\[=*>? *] [\\d.]+ [kM]?B of 6\\.0 MB, [\\d.]+ [kM]?B/s, (\\d+ s left|0:\\d\\d left|waiting|finishing)$");

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aBarShowsHowFarALongTransferIsAndGoesAwayAtTheEnd() {
        RunningReceive receive = bench.receive();
        bench.file("film.mkv", 6_000_000);
        Tmux terminal = bench.keep(Tmux.open(bench.path(""), bench.sender()));

        terminal.type(send("--limit 2MB/s film.mkv", receive) + "; echo status $?");

        String early = terminal.await(screen -> BAR.matcher(screen).find());
        String later = terminal.await(
                screen -> BAR.matcher(screen).find() && !bar(screen).equals(bar(early)));
        String after = terminal.await(screen -> screen.contains("status 0"));
        assertThat(percentage(later)).isGreaterThan(percentage(early));
        assertThat(later.lines().filter(line -> line.contains("%"))).hasSize(1);
        assertThat(after).doesNotContain("%");
        assertThat(after.lines().map(String::strip))
                .contains("status 0")
                .anyMatch(line -> line.startsWith("send: film.mkv, 6.0 MB to 127.0.0.1:"));
    }

    @Test
    void theReceiverHasABarToo() {
        Tmux terminal = bench.keep(Tmux.open(bench.path(""), bench.sender()));
        terminal.type(Command.program("receive") + " --once --dir out --listen 127.0.0.1:0; echo status $?");
        String listening = terminal.await(screen -> screen.contains("hint: send FILE... 127.0.0.1:"));
        String endpoint = listening.replaceAll("(?s).*hint: send FILE\\.\\.\\. (\\S+).*", "$1");

        bench.start(bench.sending("--limit", "2MB/s", bench.file("film.mkv", 6_000_000), endpoint));

        // A receiver is told only at the end how much there is.
        terminal.await(screen -> screen.matches("(?s).*\\n[345]\\.\\d MB, [\\d.]+ [kM]B/s.*"));
        String after = terminal.await(screen -> screen.contains("status 0"));
        assertThat(after).doesNotContain("%");
        assertThat(after.lines().map(String::strip))
                .anyMatch(line -> line.startsWith("receive: film.mkv, 6.0 MB from 127.0.0.1:"));
    }

    @Test
    void messagesStandAboveTheBarInLinesOfTheirOwn() throws IOException {
        RunningReceive receive = bench.receive();
        bench.file("from/film.mkv", 6_000_000);
        bench.file("out/from/letter", "different");
        bench.file("from/letter", "new");
        Command.of("mkfifo", bench.path("from/pipe")).run().expect(0);
        Tmux terminal = bench.keep(Tmux.open(bench.path(""), bench.sender()));

        terminal.type(send("--limit 2MB/s from", receive) + "; echo status $?");

        String after = terminal.await(screen -> screen.contains("status 0"));
        assertThat(after.lines().map(String::strip))
                .contains("send: from/letter: placed as from/letter (1)")
                .anyMatch(line -> line.startsWith("send: warning: from/pipe: left out"))
                .allMatch(line -> line.isEmpty()
                        || line.startsWith("$")
                        || line.startsWith("send: ")
                        || line.startsWith("status ")
                        || line.endsWith("; echo status $?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--quiet", "--no-progress", "--json", "2> errors"})
    void thereIsNoBarWhereNobodyWantsOneOrCanSeeOne(String how) throws IOException {
        RunningReceive receive = bench.receive();
        bench.file("film.mkv", 6_000_000);
        Tmux terminal = bench.keep(Tmux.open(bench.path(""), bench.sender()));

        terminal.type(send("--limit 4MB/s film.mkv", receive) + " " + how + "; echo status $?");

        String after = terminal.await(screen -> {
            assertThat(screen).doesNotContain("%");
            return screen.contains("status 0");
        });
        assertThat(after).contains("status 0");
        Path errors = bench.path("errors");
        if (Files.exists(errors)) {
            assertThat(errors).content().startsWith("send: ").doesNotContain("\r", "\u001b", "%");
        }
    }

    @Test
    void controlCEndsSendAndTheReceiverKeepsNothing() {
        RunningReceive receive = bench.receive();
        bench.file("film.mkv", 6_000_000);
        Tmux terminal = bench.keep(Tmux.open(bench.path(""), bench.sender()));
        terminal.type(send("--limit 500kB/s film.mkv", receive) + "; echo status $?");
        terminal.await(screen -> BAR.matcher(screen).find());

        terminal.press("C-c");

        String after = terminal.await(screen -> screen.contains("status 130"));
        assertThat(after).contains("send: error: ").doesNotContain("%");
        assertThat(receive.awaitFinished().number("status")).isEqualTo(4);
        assertThat(Tree.of(receive.folder()).keySet()).noneMatch(path -> path.contains("film") || path.endsWith("/0"));
        receive.stop().expect(0);
        assertThat(receive.folder()).isEmptyDirectory();
    }

    private static String bar(String screen) {
        Matcher bar = BAR.matcher(screen);
        assertThat(bar.find()).isTrue();
        return bar.group();
    }

    private static int percentage(String screen) {
        return Integer.parseInt(bar(screen).replaceFirst("%.*", "").strip());
    }

    private static String send(String arguments, RunningReceive receive) {
        return Command.program("send") + " " + arguments + " " + receive.endpoint();
    }
}
