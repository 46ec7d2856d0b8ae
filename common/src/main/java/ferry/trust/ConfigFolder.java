package ferry.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder where both programs keep a user's identity and the keys of known receivers. Immutable, for any thread and any
 * number of processes at once. It is made, with mode 0700, when something is first written into it.
 */
public final class ConfigFolder {
    private final Path path;

    private ConfigFolder(Path path) {
        this.path = path;
    }

    /**
     * {@code $XDG_CONFIG_HOME/ferry}, or {@code $HOME/.config/ferry}; empty where the environment names neither, and then
     * nothing is kept. A relative path is passed over, as the XDG specification demands.
     */
    public static Optional<ConfigFolder> locate(Map<String, String> environment) {
        return absolute(environment.get("XDG_CONFIG_HOME"))
                .or(() -> absolute(environment.get("HOME")).map(home -> home.resolve(".config")))
                .map(config -> new ConfigFolder(config.resolve("ferry")));
    }

    private static Optional<Path> absolute(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Path::of).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            // No file can have this name in the current locale.
            return Optional.empty();
        }
    }

    /** Where it is, or would be. */
    public Path path() {
        return path;
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** Makes the folder unless it is there. */
    void create() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path, PrivateFiles.attributes(PrivateFiles.FOLDER_MODE));
            PrivateFiles.setMode(path, PrivateFiles.FOLDER_MODE);
        }
    }
}
