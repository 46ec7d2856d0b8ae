package ferry.trust;

import static ferry.fuzz.Invariant.require;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Endpoint;
import ferry.trust.KnownReceivers.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file of receivers that were met: the first line of an input is a receiver as somebody types it, the others are the file. A
 * line that is not understood is an error and changes nothing; what is recorded is known from then on, and every line that is not
 * about this receiver stays as it was, byte for byte.
 */
public final class KnownReceiversTarget {
    private static final KeyFingerprint KEY = key('a');
    private static final KeyFingerprint OTHER_KEY = key('b');
    private static final String ANY_RECEIVER = "host:7363";
    private static final String PRIVATE = "rw-------";
    private static final Pattern WHOLE_LINES = Pattern.compile("(?<=\n)");

    private static final Path BASE = base();
    private static final KnownReceivers KNOWN = in("known");
    /** Holds one line, to be asked what it is about. */
    private static final KnownReceivers JUDGE = in("judge");

    private KnownReceiversTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        int end = 0;
        while (end < input.length && input[end] != '\n') {
            end++;
        }
        String receiver = receiver(new String(input, 0, end, StandardCharsets.UTF_8));
        byte[] before = Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length);
        write(KNOWN, before);
        Optional<Answer> answer = check(receiver);
        require(answer.equals(check(receiver)), () -> "another answer: " + answer);
        require(Arrays.equals(before, read()), () -> "asking has changed it");
        if (answer.isEmpty()) {
            requireNoRecord(receiver, before);
        } else {
            record(receiver, answer.get(), new String(before, StandardCharsets.UTF_8));
        }
    }

    /** What {@code send} makes of it. */
    private static String receiver(String typed) {
        try {
            return switch (Endpoint.parseTarget(typed)) {
                case Endpoint.Tcp tcp -> tcp.toString();
                case Endpoint.Unix(Path socket) ->
                    new Endpoint.Unix(socket.toAbsolutePath().normalize()).toString();
            };
        } catch (TransferException e) {
            return ANY_RECEIVER;
        }
    }

    /** Empty if the file is refused, as it must be for every question then. */
    private static Optional<Answer> check(String receiver) {
        try {
            Answer answer = KNOWN.check(receiver, KEY);
            boolean has = KNOWN.has(receiver);
            switch (answer) {
                case Answer.Unknown() -> require(!has, () -> "unknown, and yet recorded: " + receiver);
                case Answer.Known() -> require(has, () -> "known, and yet not recorded: " + receiver);
                case Answer.Changed(List<KeyFingerprint> recorded, int line) ->
                    require(
                            has && line >= 1 && !recorded.isEmpty() && !recorded.contains(KEY),
                            () -> "not changed: " + answer);
                case Answer.Revoked() -> {}
            }
            return Optional.of(answer);
        } catch (TransferException e) {
            requireErrorOfFile(e);
            return Optional.empty();
        }
    }

    private static void requireNoRecord(String receiver, byte[] before) throws IOException {
        try {
            KNOWN.record(receiver, KEY);
        } catch (TransferException e) {
            requireErrorOfFile(e);
            require(Arrays.equals(before, read()), () -> "it was refused, and yet changed");
            return;
        }
        throw new AssertionError("it was recorded in a file that is not understood");
    }

    private static void record(String receiver, Answer answer, String before) throws IOException {
        String expected;
        try {
            expected = others(receiver, before);
            KNOWN.record(receiver, KEY);
        } catch (TransferException e) {
            requireErrorOfFile(e);
            require(receiver.chars().anyMatch(Character::isISOControl), () -> "not recorded: " + e);
            return;
        }
        String after = new String(read(), StandardCharsets.UTF_8);
        List<String> lines = lines(after);
        List<String> added = lines.stream()
                .filter(line -> line.endsWith(" " + KEY + "\n") && isAbout(receiver, line))
                .toList();
        require(added.size() == 1, () -> "not one line: " + after);
        require(without(lines, added.getFirst()).equals(expected), () -> "expected " + expected + " in " + after);
        requireMode();
        boolean isRevoked = answer instanceof Answer.Revoked;
        Answer expectedAnswer = isRevoked ? answer : new Answer.Known();
        require(check(receiver).equals(Optional.of(expectedAnswer)), () -> "not known: " + after);
        requireKept(receiver, after);
        write(KNOWN, (after + "@revoked " + KEY + "\n").getBytes(StandardCharsets.UTF_8));
        require(check(receiver).equals(Optional.of(new Answer.Revoked())), () -> "not revoked: " + after);
    }

    /** Another key does not take the place of one that was recorded unless that is what the user wants. */
    private static void requireKept(String receiver, String after) throws IOException {
        try {
            Answer answer = KNOWN.recordIfUnknown(receiver, OTHER_KEY);
            require(!(answer instanceof Answer.Unknown), () -> "a recorded receiver is unknown");
        } catch (TransferException e) {
            throw new AssertionError("it is refused now", e);
        }
        require(after.equals(new String(read(), StandardCharsets.UTF_8)), () -> "another key has changed it");
    }

    /** The lines that are not about this receiver; where there is no file, its head. */
    private static String others(String receiver, String text) throws IOException, TransferException {
        if (text.isEmpty()) {
            Files.deleteIfExists(JUDGE.file());
            JUDGE.record(ANY_RECEIVER, KEY);
            List<String> lines = Files.readAllLines(JUDGE.file());
            require(lines.size() == 2 && lines.getFirst().startsWith("# "), () -> "no head: " + lines);
            return lines.getFirst() + "\n";
        }
        StringBuilder others = new StringBuilder();
        for (String line : lines(text)) {
            if (!isAbout(receiver, line)) {
                others.append(line).append(line.endsWith("\n") ? "" : "\n");
            }
        }
        return others.toString();
    }

    private static boolean isAbout(String receiver, String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return false;
        }
        try {
            write(JUDGE, line.getBytes(StandardCharsets.UTF_8));
            return JUDGE.has(receiver);
        } catch (TransferException e) {
            throw new AssertionError("refused by itself: " + line, e);
        }
    }

    /** Each with its end. */
    private static List<String> lines(String text) {
        return WHOLE_LINES.splitAsStream(text).toList();
    }

    private static String without(List<String> lines, String one) {
        return String.join("", lines.stream().filter(line -> !line.equals(one)).toList());
    }

    private static void requireErrorOfFile(TransferException error) {
        require(
                error.code() == ErrorCode.TRUST_FILE
                        && error.what().startsWith(KNOWN.file().toString())
                        && !error.why().isEmpty(),
                () -> "no error of the file: " + error);
    }

    private static void requireMode() throws IOException {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(KNOWN.file()));
        require(mode.equals(PRIVATE), () -> "it has mode " + mode);
    }

    private static byte[] read() throws IOException {
        return Files.readAllBytes(KNOWN.file());
    }

    private static void write(KnownReceivers known, byte[] bytes) {
        try {
            Files.deleteIfExists(known.file());
            Files.createFile(
                    known.file(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
            Files.write(known.file(), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyFingerprint key(char digit) {
        return KeyFingerprint.parse("sha256:" + String.valueOf(digit).repeat(64))
                .orElseThrow();
    }

    private static KnownReceivers in(String name) {
        ConfigFolder folder = ConfigFolder.locate(
                        Map.of("XDG_CONFIG_HOME", BASE.resolve(name).toString()))
                .orElseThrow();
        try {
            folder.create();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return KnownReceivers.in(folder);
    }

    private static Path base() {
        try {
            Path base = Files.createTempDirectory("ferry-fuzz-trust");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> removeQuietly(base)));
            return base;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeQuietly(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList().reversed()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // It is in a folder for what may be lost.
        }
    }
}
