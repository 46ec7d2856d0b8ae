package ferry.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A command line that a test runs as a process, of Ferry or of another program. Immutable: each change gives another one. */
final class Command {
    private static final Path IMAGE = Path.of(Objects.requireNonNull(System.getProperty("ferry.home"), "ferry.home"));

    private final List<String> words;
    private final Consumer<ProcessBuilder> setting;

    private Command(List<String> words, Consumer<ProcessBuilder> setting) {
        this.words = List.copyOf(words);
        this.setting = setting;
    }

    private static void withoutTheUsersOwn(ProcessBuilder builder) {
        builder.environment().putAll(Person.ANYBODY.environment());
        builder.environment().remove("FERRY_CODE");
    }

    /** The image's {@code send}; arguments are taken by their text. */
    static Command send(Object... arguments) {
        return of(program("send"), arguments);
    }

    /** The image's {@code receive}; arguments are taken by their text. */
    static Command receive(Object... arguments) {
        return of(program("receive"), arguments);
    }

    /** Any program; arguments are taken by their text. */
    static Command of(Object program, Object... arguments) {
        return new Command(
                Stream.concat(Stream.of(program), Stream.of(arguments))
                        .map(Object::toString)
                        .toList(),
                Command::withoutTheUsersOwn);
    }

    /** A program of the image. */
    static Path program(String name) {
        return IMAGE.resolve("bin").resolve(name);
    }

    /** The same with further arguments. */
    Command and(Object... arguments) {
        return new Command(
                Stream.concat(words.stream(), Stream.of(arguments).map(Object::toString))
                        .toList(),
                setting);
    }

    /** The same, run by another command, such as {@code env -i}, which becomes it. */
    Command under(Object... wrapper) {
        List<String> all = new ArrayList<>();
        Stream.of(wrapper).map(Object::toString).forEach(all::add);
        all.addAll(words);
        return new Command(all, setting);
    }

    /** The same, run by a shell after this line: {@code ulimit -n 64}. */
    Command after(String shellLine) {
        return under("/bin/sh", "-c", shellLine + " && exec \"$0\" \"$@\"");
    }

    /** The same in this folder. */
    Command in(Path folder) {
        return set(builder -> builder.directory(folder.toFile()));
    }

    /** The same with a variable of the environment set. */
    Command with(String variable, String value) {
        return set(builder -> builder.environment().put(variable, value));
    }

    /** The same on behalf of this person. */
    Command as(Person person) {
        return set(builder -> builder.environment().putAll(person.environment()));
    }

    /** The same with standard input from this file. */
    Command from(Path input) {
        return set(builder -> builder.redirectInput(input.toFile()));
    }

    private Command set(Consumer<ProcessBuilder> more) {
        return new Command(words, setting.andThen(more));
    }

    /** Starts it. Where no standard input was given, the test writes it, or closes it. */
    RunningProcess start() {
        ProcessBuilder builder = new ProcessBuilder(words);
        setting.accept(builder);
        try {
            return RunningProcess.start(builder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + this, e);
        }
    }

    /** Runs it to its end, with nothing on standard input unless it was given. */
    Result run() {
        try (RunningProcess process = start()) {
            process.closeInput();
            return process.awaitEnd();
        }
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
