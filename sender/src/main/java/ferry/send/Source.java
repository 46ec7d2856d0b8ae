package ferry.send;

import java.nio.file.Path;

/** One SOURCE argument as it was typed; whether it exists is found out later. Immutable. */
sealed interface Source {
    /** A file, or a directory with all that is in it. */
    record Named(Path path) implements Source {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * {@code -}: standard input, up to its end.
     *
     * @param name the file name under which it arrives
     */
    record StandardInput(String name) implements Source {
        /** The name without {@code --name}. */
        static final String DEFAULT_NAME = "stdin";

        @Override
        public String toString() {
            return "standard input";
        }
    }
}
