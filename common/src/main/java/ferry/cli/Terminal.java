package ferry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The terminal behind standard error, if there is one that can show a progress bar.
 *
 * <p>Java cannot ask {@code isatty(2)}. On Linux the name behind {@code /proc/self/fd/2} says it exactly. Elsewhere we believe
 * {@link java.io.Console#isTerminal}, which looks at standard input and output: it may deny a terminal on standard error
 * (there is then no bar), and cannot see that standard error alone was redirected ({@code --no-progress} helps).
 *
 * <p>Nor can Java ask for the width. {@code COLUMNS} is believed where it is exported, else 80 columns are assumed;
 * {@link Console} lets the terminal cut a bar that is wider than itself.
 *
 * @param columns the width to draw for
 */
record Terminal(int columns) {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int MIN_COLUMNS = 20;
    private static final int MAX_COLUMNS = 240;
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    /** The terminal behind this process's standard error. */
    static Optional<Terminal> onStandardError(Map<String, String> environment) {
        return isTerminal(STANDARD_ERROR) ? of(environment) : Optional.empty();
    }

    /** A terminal as the environment describes it; none if it is called dumb, since a bar needs to move the cursor. */
    static Optional<Terminal> of(Map<String, String> environment) {
        String type = environment.getOrDefault("TERM", "");
        if (type.isEmpty() || type.equals("dumb")) {
            return Optional.empty();
        }
        return Optional.of(new Terminal(columns(environment.getOrDefault("COLUMNS", ""))));
    }

    private static int columns(String text) {
        try {
            int columns = Integer.parseInt(text);
            return columns < MIN_COLUMNS ? DEFAULT_COLUMNS : Math.min(columns, MAX_COLUMNS);
        } catch (NumberFormatException e) {
            return DEFAULT_COLUMNS;
        }
    }

    /** Whether the descriptor behind this link of {@code /proc} is a terminal. */
    @SuppressWarnings("SystemConsoleNull") // It is null where the image has no jdk.internal.le, and nobody is there.
    static boolean isTerminal(Path descriptor) {
        try {
            String name = Files.readSymbolicLink(descriptor).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty") || name.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            java.io.Console console = System.console();
            return console != null && console.isTerminal();
        }
    }
}
