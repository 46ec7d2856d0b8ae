package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A process of a test. What it prints goes to files, so that it never waits for us. Closing it kills it. */
final class RunningProcess implements AutoCloseable {
    /** How long anything may take that ends by itself; generous, since machines are slow when everybody tests. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String command;
    private final Process process;
    private final Path output;
    private final Path errors;

    private RunningProcess(String command, Process process, Path output, Path errors) {
        this.command = command;
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    static RunningProcess start(ProcessBuilder builder) throws IOException {
        Path output = Files.createTempFile("ferry-it", ".out");
        Path errors = Files.createTempFile("ferry-it", ".err");
        Process process = builder.redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        return new RunningProcess(String.join(" ", builder.command()), process, output, errors);
    }

    /** Its standard input. */
    OutputStream input() {
        return process.getOutputStream();
    }

    void closeInput() {
        try {
            input().close();
        } catch (IOException e) {
            // It has ended already, and does not want any.
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Sends it a signal by its name, such as {@code INT}. */
    void signal(String name) {
        assertThat(Command.of("kill", "-" + name, process.pid()).run().status()).isZero();
    }

    /** What it holds of memory, in bytes: the most it ever did. */
    long peakMemory() {
        String status = text(Path.of("/proc", Long.toString(process.pid()), "status"));
        return status.lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findAny()
                .orElseThrow();
    }

    /** What it has printed so far. */
    Result soFar() {
        try {
            return new Result(command, Result.RUNNING, Files.readAllBytes(output), text(errors));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until standard error has this text. */
    void awaitErrors(String part) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(soFar().errors()).contains(part));
    }

    /** Waits for its end, and kills it if that does not come. */
    Result awaitEnd() {
        return awaitEnd(PATIENCE);
    }

    Result awaitEnd(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("still running after " + patience + ": " + soFar());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new AssertionError("interrupted: " + soFar(), e);
        }
        return soFar().ended(process.exitValue());
    }

    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
            Files.deleteIfExists(output);
            Files.deleteIfExists(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
