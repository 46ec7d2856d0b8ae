package ferry.cli;

import java.nio.file.Path;

/** Where a code or passphrase comes from, as the options say; immutable. {@link SecretReader} fetches it. */
public sealed interface SecretSource {
    /** No option says; {@value SecretReader#VARIABLE} does, if it is set. */
    record Environment() implements SecretSource {}

    /** {@code --code=TEXT}: the text is on the command line. */
    record Option(String text) implements SecretSource {
        /** Shows nothing of it. */
        @Override
        public String toString() {
            return "--code=...";
        }
    }

    /** {@code --code-file FILE}. */
    record File(Path path) implements SecretSource {}

    /** {@code --code} alone: a sender asks for it, a receiver makes one. */
    record Bare() implements SecretSource {}
}
