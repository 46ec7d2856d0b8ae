package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a process printed, and how it ended. Immutable. */
final class Result {
    /** The status of a process that has not ended. */
    static final int RUNNING = -1;

    private final String command;
    private final int status;
    private final byte[] output;
    private final String errors;

    Result(String command, int status, byte[] output, String errors) {
        this.command = command;
        this.status = status;
        this.output = output;
        this.errors = errors;
    }

    Result ended(int with) {
        return new Result(command, with, output, errors);
    }

    /** Fails, and shows everything, unless the process ended with this status. */
    Result expect(int wanted) {
        assertThat(status).as(toString()).isEqualTo(wanted);
        return this;
    }

    int status() {
        return status;
    }

    /** Standard output, byte by byte. */
    byte[] bytes() {
        return output.clone();
    }

    /** Standard output. */
    String output() {
        return new String(output, StandardCharsets.UTF_8);
    }

    /** Standard error. */
    String errors() {
        return errors;
    }

    /** The lines of standard error; only a newline ends one. */
    List<String> errorLines() {
        return errors.isEmpty() ? List.of() : List.of(errors.split("\n"));
    }

    /** The whole lines of standard output as events of {@code --json}. */
    List<Event> events() {
        String text = output();
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(Event::parse)
                .toList();
    }

    /** The events of this name. */
    List<Event> events(String name) {
        return events().stream().filter(event -> event.name().equals(name)).toList();
    }

    /** The only event of this name. */
    Event event(String name) {
        List<Event> found = events(name);
        assertThat(found).as("%s in %s", name, this).hasSize(1);
        return found.getFirst();
    }

    @Override
    public String toString() {
        return "%s%n-- status %d, standard output:%n%s%n-- standard error:%n%s"
                .formatted(command, status, shortened(output()), shortened(errors));
    }

    private static String shortened(String text) {
        int most = 4000;
        return text.length() <= most ? text : text.substring(0, most) + "...";
    }
}
