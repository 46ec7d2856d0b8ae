package ferry.trust;

import ferry.entry.Glob;
import ferry.entry.RelativePath;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one line of an allow file says: whose key it is, and what this sender may do. Immutable.
 *
 * @param key by which the sender is known
 * @param comment the words behind the key, perhaps empty; for people
 * @param directory below the receiver's folder, where everything that this sender sends goes
 * @param maxSize bytes of the largest transfer, and so of the largest file
 * @param bytesPerSecond at most so many of content
 * @param onConflict {@code rename}, {@code overwrite}, {@code skip} or {@code fail}, in place of the receiver's own choice
 * @param readOnly names that this sender may not write
 */
public record AllowedSender(
        KeyFingerprint key,
        String comment,
        Optional<RelativePath> directory,
        OptionalLong maxSize,
        OptionalLong bytesPerSecond,
        Optional<String> onConflict,
        List<Glob> readOnly) {
    public AllowedSender {
        readOnly = List.copyOf(readOnly);
    }
}
