package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A terminal with a shell in it, as a person would see it. Closing it ends all that runs there. */
final class Tmux implements AutoCloseable {
    private final Path socket;

    private Tmux(Path socket) {
        this.socket = socket;
    }

    /** Opens a terminal of 160 columns, in this folder, at which this person sits. */
    static Tmux open(Path folder, Person person) {
        Tmux tmux = new Tmux(folder.resolve("tmux.sock"));
        Command shell = Command.of("env", "-u", "ENV", "PS1=$ ", "sh");
        String[] session = {"-f", "/dev/null", "new-session", "-d", "-x", "160", "-y", "40"};
        run(shell.under("-c", folder)
                .under((Object[]) session)
                .under("tmux", "-S", tmux.socket)
                .as(person));
        return tmux;
    }

    /** Types a line. */
    void type(String line) {
        tmux("send-keys", "-l", line);
        tmux("send-keys", "Enter");
    }

    /** Presses a key, by tmux's name for it. */
    void press(String key) {
        tmux("send-keys", key);
    }

    /** What can be seen now. */
    String screen() {
        return tmux("capture-pane", "-p").output().stripTrailing();
    }

    /** Waits until the screen shows something, and gives the screen. */
    String await(Predicate<String> shown) {
        return Awaitility.await()
                .atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(this::screen, shown);
    }

    private Result tmux(Object... arguments) {
        return run(Command.of("tmux", "-S", socket).and(arguments));
    }

    private static Result run(Command command) {
        Result result = command.run();
        assertThat(result.status()).as(result.toString()).isZero();
        return result;
    }

    @Override
    public void close() {
        tmux("kill-server");
    }
}
