package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** A {@code receive --json} that listens. Closing it kills it. */
final class RunningReceive implements AutoCloseable {
    private final RunningProcess process;
    private final Path folder;
    private final Event listening;

    private RunningReceive(RunningProcess process, Path folder, Event listening) {
        this.process = process;
        this.folder = folder;
        this.listening = listening;
    }

    /** Starts it, and waits until it accepts connections. */
    static RunningReceive start(Command receive, Path folder) {
        RunningProcess process = receive.start();
        process.closeInput();
        await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !process.isAlive()
                        || !process.soFar().events("listening").isEmpty());
        List<Event> listening = process.soFar().events("listening");
        assertThat(listening).as(() -> process.soFar().toString()).isNotEmpty();
        return new RunningReceive(process, folder, listening.getFirst());
    }

    /** What it said when it began to listen. */
    Event listening() {
        return listening;
    }

    /** What to give to {@code send}. */
    String endpoint() {
        return listening.text("endpoint");
    }

    int port() {
        return (int) listening.number("port");
    }

    /** Where the files go. */
    Path folder() {
        return folder;
    }

    /** The paths of all that is there now but what this program keeps there for itself. */
    Set<String> received() {
        SortedMap<String, String> all = Tree.of(folder);
        all.keySet().removeIf(path -> path.equals(".ferry") || path.startsWith(".ferry/"));
        return all.keySet();
    }

    RunningProcess process() {
        return process;
    }

    /** Waits until this many events of a name have been told, and gives them. */
    List<Event> awaitEvents(String name, int count) {
        await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(process.soFar().events(name))
                        .as(() -> process.soFar().toString())
                        .hasSizeGreaterThanOrEqualTo(count));
        return process.soFar().events(name);
    }

    /** Waits for the only transfer's end. */
    Event awaitFinished() {
        List<Event> finished = awaitEvents("finished", 1);
        assertThat(finished).hasSize(1);
        return finished.getFirst();
    }

    /** Asks it to stop, and waits until it has. */
    Result stop() {
        process.signal("TERM");
        return process.awaitEnd();
    }

    @Override
    public void close() {
        process.close();
    }
}
