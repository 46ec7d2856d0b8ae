package ferry.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version, which the build wrote into a resource: nothing that differs from one build of a commit to the next. */
public final class Version {
    private Version() {}

    /** What the program calls itself when it speaks to a peer, such as {@code ferry/1.2.3}. */
    public static String agent() {
        return "ferry/" + number();
    }

    static String number() {
        try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
            if (in == null) {
                throw new IllegalStateException("the resource version.txt is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
