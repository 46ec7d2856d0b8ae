package ferry.cli;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent.Warning;
import ferry.event.TransferListener;
import ferry.trust.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fetches a code or passphrase from where {@link SecretSource} says. Used by the main thread. */
public final class SecretReader {
    /** The variable of the environment that holds a code, if no option names one. */
    public static final String VARIABLE = "FERRY_CODE";

    private final Map<String, String> environment;
    private final TransferListener listener;
    private final Prompt prompt;

    SecretReader(Map<String, String> environment, TransferListener listener, Prompt prompt) {
        this.environment = environment;
        this.listener = listener;
        this.prompt = prompt;
    }

    /** Asks the person at the terminal. */
    @FunctionalInterface
    interface Prompt {
        /** What was typed, without showing it; empty if nothing can or will be typed. */
        Optional<String> ask(String question);
    }

    /**
     * The secret; empty if there is none, since no option and no variable names one. For {@link SecretSource.Bare} the person at
     * the terminal is asked.
     *
     * @param listener hears warnings, if others can see the secret
     * @throws TransferException USAGE, if it is none (too short, mistyped), or nobody is there to be asked; TRUST_FILE, if its
     *     file cannot be read
     */
    public static Optional<Secret> read(SecretSource source, Map<String, String> environment, TransferListener listener)
            throws TransferException {
        return new SecretReader(environment, listener, SecretReader::ask).read(source);
    }

    Optional<Secret> read(SecretSource source) throws TransferException {
        return switch (source) {
            case SecretSource.Environment _ -> fromEnvironment();
            case SecretSource.Option(String text) -> Optional.of(fromOption(text));
            case SecretSource.File(Path path) -> Optional.of(fromFile(path));
            case SecretSource.Bare _ -> Optional.of(fromPrompt());
        };
    }

    private Optional<Secret> fromEnvironment() throws TransferException {
        String text = environment.get(VARIABLE);
        return text == null ? Optional.empty() : Optional.of(secret(VARIABLE, text));
    }

    private Secret fromOption(String text) throws TransferException {
        Secret secret = secret("--code", text);
        warn("--code: others on this machine can see the code in the list of processes", "use --code-file FILE");
        return secret;
    }

    private Secret fromFile(Path path) throws TransferException {
        Secret secret = Secret.read(path);
        if (isOpenToOthers(path)) {
            warn(path + ": others on this machine may read the code", "chmod 600 " + path);
        }
        return secret;
    }

    private Secret fromPrompt() throws TransferException {
        String typed = prompt.ask("Code: ")
                .orElseThrow(() -> new TransferException(
                                ErrorCode.USAGE, "--code", "there is no terminal to ask for it, or nothing was typed")
                        .withHint("use --code-file FILE"));
        return secret("--code", typed);
    }

    private static Secret secret(String what, String text) throws TransferException {
        try {
            return Secret.of(text);
        } catch (TransferException e) {
            throw e.withWhat(what);
        }
    }

    private void warn(String text, String hint) {
        listener.on(new Warning(text, List.of(hint), Warning.Weight.SECURITY));
    }

    private static boolean isOpenToOthers(Path path) {
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
            return mode.contains(PosixFilePermission.GROUP_READ) || mode.contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            // A pipe that is gone once it is read, or a file system without modes.
            return false;
        }
    }

    @SuppressWarnings("SystemConsoleNull") // It is null where standard input or output is no terminal.
    private static Optional<String> ask(String question) {
        java.io.@Nullable Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return Optional.empty();
        }
        char @Nullable [] typed = console.readPassword("%s", question);
        return typed == null ? Optional.empty() : Optional.of(new String(typed));
    }
}
