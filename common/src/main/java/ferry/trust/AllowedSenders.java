package ferry.trust;

import ferry.error.FileReason;
import ferry.error.TransferException;
import ferry.trust.TrustFile.Exposure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The senders that a receiver lets in: the file of {@code receive --allow}, whose form is in docs/ACCESS.md. Each question is
 * answered by the file as it is then, so a key that was taken out, or revoked, is out at once. A file that is gone or broken
 * lets nobody in.
 *
 * <p>For any thread. Its monitor is held while the file is looked at, and read if it has changed, so that a crowd of connections
 * reads it once.
 */
public final class AllowedSenders {
    /** A file that was changed so shortly before it was read may change again without a new time. */
    private static final Duration UNSETTLED = Duration.ofSeconds(2);

    static final String MARKS = "size,lastModifiedTime,fileKey";
    /** The time of a change of any kind, which nobody can set back, is known on Unix only. */
    private static final String UNIX_MARKS = "unix:size,lastModifiedTime,ctime,dev,ino";

    private final Path file;
    private final String marks;
    private @Nullable Content last;

    /**
     * @param marks the attributes by which one state of the file is told from the next
     */
    AllowedSenders(Path file, String marks) {
        this.file = file;
        this.marks = marks;
    }

    /** The senders that this file lists, at any time; it is not looked at yet. */
    public static AllowedSenders in(Path file) {
        return new AllowedSenders(file, PrivateFiles.hasModes() ? UNIX_MARKS : MARKS);
    }

    /** What tells one state of the file from the next: another time, size, or file of the same name. */
    private record State(Map<String, Object> marks) {
        Instant changed() {
            return marks.values().stream()
                    .filter(FileTime.class::isInstance)
                    .map(mark -> ((FileTime) mark).toInstant())
                    .max(Comparator.naturalOrder())
                    .orElse(Instant.MAX);
        }
    }

    private record Content(State state, Map<KeyFingerprint, AllowedSender> senders, Instant read) {
        boolean holdsFor(State now) {
            return state.equals(now) && state.changed().isBefore(read.minus(UNSETTLED));
        }
    }

    /**
     * The sender who has this key; empty if it is not listed, or revoked.
     *
     * @throws TransferException TRUST_FILE, if the file cannot be read, others may write it, or it has a line that is not
     *     understood; the message names the line, and is not for the sender's eyes
     */
    public synchronized Optional<AllowedSender> find(KeyFingerprint key) throws TransferException {
        return Optional.ofNullable(current().get(key));
    }

    /**
     * Looks whether the file is in order.
     *
     * @throws TransferException as {@link #find} does
     */
    public synchronized void validate() throws TransferException {
        current();
    }

    /** The file. */
    public Path file() {
        return file;
    }

    private Map<KeyFingerprint, AllowedSender> current() throws TransferException {
        State now = state();
        Content known = last;
        if (known != null && known.holdsFor(now)) {
            return known.senders;
        }
        last = null;
        Instant read = Instant.now();
        Map<KeyFingerprint, AllowedSender> senders = parse(file, TrustFile.read(file, Exposure.PUBLIC));
        last = new Content(now, senders, read);
        return senders;
    }

    private State state() throws TransferException {
        try {
            return new State(Files.readAttributes(file, marks));
        } catch (IOException e) {
            throw TrustFile.unusable(file, FileReason.of(e), e);
        }
    }

    /** The senders that a text lists. */
    static Map<KeyFingerprint, AllowedSender> parse(Path file, String text) throws TransferException {
        Map<KeyFingerprint, AllowedSender> senders = new HashMap<>();
        Set<KeyFingerprint> revoked = new HashSet<>();
        for (TrustLine line : TrustLine.all(file, text)) {
            if (line.isIdle()) {
                continue;
            }
            if (line.acceptRevoked()) {
                revoked.add(line.fingerprint());
                line.rest();
                continue;
            }
            AllowedSender sender = new AllowedSenderLine(line).read();
            if (senders.putIfAbsent(sender.key(), sender) != null) {
                throw line.broken("this key has a line already");
            }
        }
        senders.keySet().removeAll(revoked);
        return Map.copyOf(senders);
    }
}
