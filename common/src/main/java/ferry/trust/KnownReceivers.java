package ferry.trust;

import ferry.error.FileReason;
import ferry.error.TransferException;
import ferry.trust.TrustFile.Exposure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The keys of receivers that a sender has met: the file {@code known_receivers} of the {@link ConfigFolder}, whose form is in
 * docs/ACCESS.md. For any thread and any number of processes at once: the file is read anew for each question, and replaced
 * whole, under a lock, for each record. A line that it does not understand is an error, and no key is then taken for known.
 */
public final class KnownReceivers {
    private static final String NAME = "known_receivers";
    private static final String UNIX = "unix:";
    private static final String HEAD =
            "# Receivers and their keys, as send met them; one a line: HOST:PORT sha256:...\n";

    private final ConfigFolder folder;
    private final Path file;

    private KnownReceivers(ConfigFolder folder) {
        this.folder = folder;
        this.file = folder.path().resolve(NAME);
    }

    public static KnownReceivers in(ConfigFolder folder) {
        return new KnownReceivers(folder);
    }

    /** What the file says of a receiver and the key that it has now. */
    public sealed interface Answer {
        /** Nothing: this receiver was never recorded. */
        record Unknown() implements Answer {}

        /** This receiver was recorded with this key. */
        record Known() implements Answer {}

        /**
         * This receiver was recorded with other keys.
         *
         * @param recorded those keys, at least one
         * @param line the first line that says so, counted from 1
         */
        record Changed(List<KeyFingerprint> recorded, int line) implements Answer {
            public Changed {
                recorded = List.copyOf(recorded);
            }
        }

        /** This key must not be trusted, whoever has it. */
        record Revoked() implements Answer {}
    }

    /** A line that says something; without a receiver it revokes the key. */
    private record Entry(Optional<String> receiver, KeyFingerprint key, int line) {
        boolean isAbout(String other) {
            return receiver.isPresent() && receiver.get().equals(other);
        }
    }

    /**
     * What is known of this receiver, which just showed that it holds this key.
     *
     * @param receiver as the user typed it, {@code host:port} or {@code unix:/path}; capitals in a host do not matter
     * @throws TransferException TRUST_FILE, if the file is there and cannot be read, or has a line that is not understood
     */
    public Answer check(String receiver, KeyFingerprint key) throws TransferException {
        String name = normal(receiver);
        List<Entry> entries = entries(lines());
        if (entries.stream().anyMatch(entry -> entry.receiver.isEmpty() && entry.key.equals(key))) {
            return new Answer.Revoked();
        }
        List<Entry> about =
                entries.stream().filter(entry -> entry.isAbout(name)).toList();
        if (about.isEmpty()) {
            return new Answer.Unknown();
        }
        return about.stream().anyMatch(entry -> entry.key.equals(key))
                ? new Answer.Known()
                : new Answer.Changed(about.stream().map(Entry::key).toList(), about.getFirst().line);
    }

    /**
     * Whether this receiver was recorded, whatever its key.
     *
     * @throws TransferException as {@link #check} does
     */
    public boolean has(String receiver) throws TransferException {
        String name = normal(receiver);
        return entries(lines()).stream().anyMatch(entry -> entry.isAbout(name));
    }

    /**
     * Records that this receiver has this key, and no other. All other lines stay as they are; so does the file's mode.
     *
     * @throws TransferException as {@link #check} does, or if the file cannot be written, or there is no room
     */
    public void record(String receiver, KeyFingerprint key) throws TransferException {
        String name = recordable(receiver);
        try (FolderLock _ = FolderLock.take(folder)) {
            write(name, key);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * Records that this receiver has this key unless something is known of it or of the key, be it since a moment ago, by another
     * run.
     *
     * @return what was known before; {@link Answer.Unknown} if it is recorded now
     * @throws TransferException as {@link #record} does
     */
    public Answer recordIfUnknown(String receiver, KeyFingerprint key) throws TransferException {
        String name = recordable(receiver);
        try (FolderLock _ = FolderLock.take(folder)) {
            Answer before = check(name, key);
            if (before instanceof Answer.Unknown) {
                write(name, key);
            }
            return before;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private String recordable(String receiver) throws TransferException {
        String name = normal(receiver);
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw TrustFile.unusable(file, "a receiver with control characters in its path cannot be recorded");
        }
        return name;
    }

    /** With the lock held. */
    private void write(String receiver, KeyFingerprint key) throws TransferException, IOException {
        String text = with(receiver, quoted(receiver) + " " + key);
        if (text.getBytes(StandardCharsets.UTF_8).length > TrustFile.MAX_SIZE) {
            throw TrustFile.unusable(file, "it is full, at %d bytes".formatted(TrustFile.MAX_SIZE));
        }
        PrivateFiles.replace(target(), text, mode());
    }

    private TransferException unwritable(IOException problem) {
        return TrustFile.unusable(file, "it cannot be written: " + FileReason.of(problem), problem);
    }

    /** Where it is, or would be. */
    public Path file() {
        return file;
    }

    /** The file's text with this line for the receiver, in place of those it has now. */
    private String with(String receiver, String recorded) throws TransferException {
        List<TrustLine> lines = lines();
        SortedSet<Integer> about = new TreeSet<>();
        entries(lines).stream().filter(entry -> entry.isAbout(receiver)).forEach(entry -> about.add(entry.line));
        StringBuilder text = new StringBuilder(lines.isEmpty() ? HEAD : "");
        for (TrustLine line : lines) {
            if (!about.contains(line.number())) {
                text.append(line.whole());
            } else if (line.number() == about.getFirst()) {
                text.append(recorded).append('\n');
            }
        }
        if (about.isEmpty()) {
            text.append(recorded).append('\n');
        }
        return text.toString();
    }

    private List<TrustLine> lines() throws TransferException {
        Optional<String> text = TrustFile.readIfThere(file, Exposure.PUBLIC);
        return text.isPresent() ? TrustLine.all(file, text.get()) : List.of();
    }

    private static List<Entry> entries(List<TrustLine> lines) throws TransferException {
        List<Entry> entries = new ArrayList<>();
        for (TrustLine line : lines) {
            if (!line.isIdle()) {
                entries.add(entry(line));
            }
        }
        return entries;
    }

    private static Entry entry(TrustLine line) throws TransferException {
        Optional<String> receiver = Optional.empty();
        if (!line.acceptRevoked()) {
            receiver = Optional.of(receiver(line));
            line.nextWord("white space and the receiver's key");
        }
        Entry entry = new Entry(receiver, line.fingerprint(), line.number());
        line.end();
        return entry;
    }

    private static String receiver(TrustLine line) throws TransferException {
        String receiver = normal(line.word());
        boolean isOne =
                receiver.startsWith(UNIX) ? receiver.length() > UNIX.length() : receiver.matches(".+:[0-9]{1,5}");
        if (!isOne) {
            throw line.broken("expected HOST:PORT or unix:/PATH, got '%s'".formatted(receiver));
        }
        return receiver;
    }

    private static String normal(String receiver) {
        return receiver.startsWith(UNIX) ? receiver : receiver.toLowerCase(Locale.ROOT);
    }

    private static String quoted(String receiver) {
        boolean isPlain = receiver.chars().noneMatch(c -> c == ' ' || c == '"' || c == '\\');
        return isPlain ? receiver : "\"" + receiver.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** The file itself where {@link #file} is a symbolic link, as managers of configuration files make them. */
    private Path target() throws IOException {
        return Files.isSymbolicLink(file) ? file.toRealPath() : file;
    }

    private Set<PosixFilePermission> mode() throws IOException {
        return PrivateFiles.hasModes() && Files.exists(file)
                ? Files.getPosixFilePermissions(file)
                : PrivateFiles.FILE_MODE;
    }
}
