package ferry.trust;

import ferry.entry.Glob;
import ferry.entry.Quantity;
import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads an {@link AllowedSender} from its line: {@code [option[,option]...] sha256:... [comment]}; used once, by one thread. */
final class AllowedSenderLine {
    private static final Set<String> CONFLICT_POLICIES = Set.of("rename", "overwrite", "skip", "fail");
    private static final String KEY = "sha256:";

    private final TrustLine line;
    private final Set<String> given = new HashSet<>();
    private final List<Glob> readOnly = new ArrayList<>();
    private Optional<RelativePath> directory = Optional.empty();
    private OptionalLong maxSize = OptionalLong.empty();
    private OptionalLong bytesPerSecond = OptionalLong.empty();
    private Optional<String> onConflict = Optional.empty();

    AllowedSenderLine(TrustLine line) {
        this.line = line;
    }

    AllowedSender read() throws TransferException {
        if (!line.isAt(KEY)) {
            do {
                option();
            } while (line.accept(','));
            line.nextWord("white space and the sender's key after the options");
        }
        KeyFingerprint key = line.fingerprint();
        return new AllowedSender(key, line.rest(), directory, maxSize, bytesPerSecond, onConflict, readOnly);
    }

    private void option() throws TransferException {
        String name = line.name();
        if (!line.accept('=')) {
            throw line.broken("expected '=' after the option '%s'".formatted(name));
        }
        if (!given.add(name) && !name.equals("readonly")) {
            throw line.broken("the option '%s' is given twice".formatted(name));
        }
        String value = line.value();
        if (value.isEmpty()) {
            throw line.broken("the option '%s' has no value".formatted(name));
        }
        try {
            set(name, value);
        } catch (TransferException e) {
            throw line.broken("%s '%s': %s".formatted(name, value, e.why()));
        } catch (IllegalArgumentException e) {
            throw line.broken("%s '%s': %s".formatted(name, value, e.getMessage()));
        }
    }

    private void set(String name, String value) throws TransferException {
        switch (name) {
            case "dir" ->
                directory = Optional.of(
                        RelativePath.parse(value.endsWith("/") ? value.substring(0, value.length() - 1) : value));
            case "max-size" -> maxSize = OptionalLong.of(Quantity.bytes(value));
            case "rate" -> bytesPerSecond = OptionalLong.of(Quantity.bytesPerSecond(value));
            case "on-conflict" -> onConflict = Optional.of(policy(value));
            case "readonly" -> readOnly.add(Glob.parse(value));
            default -> throw new IllegalArgumentException("expected dir, max-size, rate, on-conflict or readonly");
        }
    }

    private static String policy(String value) {
        if (!CONFLICT_POLICIES.contains(value)) {
            throw new IllegalArgumentException("expected rename, overwrite, skip or fail");
        }
        return value;
    }
}
