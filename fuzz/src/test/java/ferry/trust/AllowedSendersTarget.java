package ferry.trust;

import static ferry.fuzz.Invariant.require;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The text of an allow file. Whatever it is, it is read the same way each time, a line that is not understood lets nobody in, and
 * a key that is revoked is out while all others stay.
 */
public final class AllowedSendersTarget {
    private static final Path FILE = Path.of("allow");
    private static final Set<String> POLICIES = Set.of("rename", "overwrite", "skip", "fail");
    private static final long SLOWEST = 1000;

    private AllowedSendersTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Map<KeyFingerprint, AllowedSender> senders;
        try {
            senders = AllowedSenders.parse(FILE, text);
        } catch (TransferException e) {
            checkError(e, text);
            return;
        }
        senders.forEach(AllowedSendersTarget::check);
        Map<String, String> expected = shown(senders);
        requireReads(text, expected);
        requireReads("# somebody\r\n\n" + text, expected);
        requireRefused(text + "\n@revoke sha256:" + "0".repeat(64));
        for (KeyFingerprint key : senders.keySet()) {
            Map<String, String> others = new TreeMap<>(expected);
            others.remove(key.toString());
            requireReads(text + "\n@revoked " + key, others);
            requireReads("@revoked\t" + key + " since then\n" + text, others);
            requireRefused(text + "\n" + key);
        }
    }

    private static void check(KeyFingerprint key, AllowedSender sender) {
        require(sender.key().equals(key), () -> key + " is listed for " + sender.key());
        require(sender.maxSize().orElse(0) >= 0, () -> "less than nothing: " + sender);
        require(sender.bytesPerSecond().orElse(SLOWEST) >= SLOWEST, () -> "too slow: " + sender);
        require(sender.onConflict().map(POLICIES::contains).orElse(true), () -> "no such policy: " + sender);
        require(sender.comment().chars().noneMatch(c -> c == '\n' || c == '\0'), () -> "no comment: " + sender);
    }

    private static void checkError(TransferException error, String text) {
        require(error.code() == ErrorCode.TRUST_FILE && !error.why().isEmpty(), () -> "no error of a file: " + error);
        String[] place = error.what().split(":", -1);
        require(place.length == 3 && place[0].equals(FILE.toString()), () -> "it names no line: " + error.what());
        String[] lines = text.split("\n", -1);
        int line = Integer.parseInt(place[1]);
        require(line >= 1 && line <= lines.length, () -> "there is no such line: " + error.what());
        int column = Integer.parseInt(place[2]);
        require(column >= 1 && column <= lines[line - 1].length() + 1, () -> "no such column: " + error.what());
    }

    private static void requireReads(String text, Map<String, String> expected) {
        try {
            Map<String, String> read = shown(AllowedSenders.parse(FILE, text));
            require(read.equals(expected), () -> "expected " + expected + ", got " + read + " of " + text);
        } catch (TransferException e) {
            throw new AssertionError("it is refused now: " + text, e);
        }
    }

    private static void requireRefused(String text) {
        try {
            AllowedSenders.parse(FILE, text);
        } catch (TransferException e) {
            checkError(e, text);
            return;
        }
        throw new AssertionError("it is not refused: " + text);
    }

    /** As text, since patterns are compared by what they print. */
    private static Map<String, String> shown(Map<KeyFingerprint, AllowedSender> senders) {
        Map<String, String> shown = new TreeMap<>();
        senders.forEach((key, sender) -> shown.put(key.toString(), sender.toString()));
        return shown;
    }
}
