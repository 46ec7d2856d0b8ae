package ferry.event;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of the content of a whole file; immutable.
 *
 * @param size in bytes
 * @param crc32c empty if nobody has computed it
 * @param sha256 64 lower-case hex digits, as {@code sha256sum} prints them; empty unless it was asked for
 */
public record FileContent(long size, OptionalInt crc32c, Optional<String> sha256) {
    /** A content of which the CRC-32C is known. */
    public static FileContent of(long size, int crc32c) {
        return new FileContent(size, OptionalInt.of(crc32c), Optional.empty());
    }

    /** The same, with what {@code --sha256} asks for if it is there. */
    public FileContent with(Optional<String> digest) {
        return new FileContent(size, crc32c, digest);
    }
}
