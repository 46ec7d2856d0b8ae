package ferry.cli;

import ferry.error.Printable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The only class that prints: results and JSON to standard output, words for people to standard error, both in UTF-8
 * whatever the locale. Each line is escaped by {@link Printable} and written with one call, and the progress bar is moved out
 * of its way.
 *
 * <p>Thread-safe. Its monitor is held while writing: a line is of no use in pieces. So nobody who must not wait prints here
 * directly; sessions tell {@link Reporter}, which has a thread for it.
 *
 * <p>When standard output breaks (its reader is gone, its disk full), what was to go there is dropped and the work goes on;
 * {@link #brokenOutput} keeps the reason. When standard error breaks, nobody is left to be told.
 */
final class Console {
    private static final String ERASE_LINE = "\r\u001b[K";
    /** Without wrapping, a bar that is wider than the terminal is cut, where it would else fill the screen line by line. */
    private static final String WRAP_OFF = "\u001b[?7l";

    private static final String WRAP_ON = "\u001b[?7h";

    private final String program;
    private final OutputStream out;
    private final OutputStream err;
    private String bar = "";
    private @Nullable IOException brokenOutput;

    /** A console for this program on these streams. */
    Console(String program, OutputStream out, OutputStream err) {
        this.program = program;
        this.out = out;
        this.err = err;
    }

    /** The process's own. */
    static Console system(String program) {
        return new Console(program, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    /** A result for people: one line on standard output. */
    void result(String line) {
        resultLines(Printable.escape(line) + "\n");
    }

    /** Whole lines of our own making on standard output: JSON, whose escapes are its own, and the help. */
    synchronized void resultLines(String lines) {
        if (brokenOutput != null) {
            return;
        }
        eraseBar();
        try {
            out.write(lines.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            brokenOutput = e;
        }
        redrawBar();
    }

    /** Words for people. */
    void say(String text) {
        line(program + ": " + text);
    }

    /** Something went wrong, and everything goes on. */
    void warning(String text, List<String> hints) {
        say("warning: " + text);
        hints.forEach(this::hint);
    }

    /** Something failed. */
    void error(String text, List<String> hints) {
        say("error: " + text);
        hints.forEach(this::hint);
    }

    /** A line that can be typed. */
    void hint(String text) {
        line("hint: " + text);
    }

    /** One line on standard error, as it is but escaped. */
    void line(String text) {
        String safe = Printable.escape(text) + "\n";
        synchronized (this) {
            String shown = bar;
            writeError(shown.isEmpty() ? safe : ERASE_LINE + safe + WRAP_OFF + shown + WRAP_ON);
        }
    }

    /** Shows the progress bar, or its next state, below everything else; only on a terminal, and only text of our own. */
    synchronized void drawBar(String text) {
        bar = text;
        writeError(ERASE_LINE + WRAP_OFF + text + WRAP_ON);
    }

    /** Takes the bar away. */
    synchronized void removeBar() {
        eraseBar();
        bar = "";
    }

    /** Why standard output could not be written to, if so. */
    synchronized Optional<IOException> brokenOutput() {
        return Optional.ofNullable(brokenOutput);
    }

    private void eraseBar() {
        if (!bar.isEmpty()) {
            writeError(ERASE_LINE);
        }
    }

    private void redrawBar() {
        if (!bar.isEmpty()) {
            writeError(WRAP_OFF + bar + WRAP_ON);
        }
    }

    private void writeError(String text) {
        try {
            err.write(text.getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException e) {
            // Nobody is left to be told; the exit status still says what happened.
        }
    }
}
