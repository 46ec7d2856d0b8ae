package ferry.cli;

import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.error.FileReason;
import ferry.error.TransferException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads what {@code --receipt} has written. Takes some hundred bytes of memory for each entry at most, since of each path only
 * the last word counts; the lines themselves are not kept.
 */
public final class ReceiptReader {
    /** Longer than any that Ferry writes: a path and its final one, each byte of both escaped. */
    private static final int MAX_LINE = 64 * 1024;

    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;

    /** @param file as it was given to {@code --receipt} */
    public ReceiptReader(Path file) {
        this.file = file;
    }

    /**
     * An entry that was at the receiver when its receipt was written.
     *
     * @param path its final path
     * @param crc32c of a file; empty for other kinds
     * @param sha256 64 hexadecimal digits, if they were asked for
     */
    public record Entry(
            String path,
            EntryKind kind,
            long size,
            OptionalInt crc32c,
            Optional<String> sha256,
            Optional<Instant> modified) {}

    /** Takes the entries, in the order of their receipts. */
    @FunctionalInterface
    public interface Consumer {
        /** Takes one; what it throws ends the reading. */
        void accept(Entry entry) throws TransferException, InterruptedException;
    }

    /**
     * Reads all.
     *
     * @return how many lines could not be read: those that a run had begun when it was killed
     * @throws TransferException RECEIPT_FILE if the file cannot be read, or has no receipt in it
     */
    public long forEach(Consumer consumer) throws TransferException, InterruptedException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw unusable("expected a file, which can be read twice");
        }
        Map<String, Long> last = new HashMap<>();
        long unreadable = forEachLine((number, entry) -> last.put(entry.path(), number));
        if (last.isEmpty()) {
            throw unusable("there is no receipt of an entry in it");
        }
        forEachLine((number, entry) -> {
            if (last.remove(entry.path(), number)) {
                consumer.accept(entry);
            }
        });
        if (!last.isEmpty()) {
            throw unusable("it changed while it was read");
        }
        return unreadable;
    }

    private interface LineConsumer {
        void accept(Long number, Entry entry) throws TransferException, InterruptedException;
    }

    private long forEachLine(LineConsumer consumer) throws TransferException, InterruptedException {
        long unreadable = 0;
        // What is not UTF-8 is replaced, and so makes one line unreadable and not all of them.
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            long number = 0;
            for (Optional<String> line = next(lines); line.isPresent(); line = next(lines)) {
                number++;
                Optional<Entry> entry = Optional.empty();
                try {
                    entry = parse(line.get());
                } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
                    unreadable++;
                }
                if (entry.isPresent()) {
                    consumer.accept(number, entry.get());
                }
            }
            return unreadable;
        } catch (IOException e) {
            throw unusable(FileReason.of(e), e);
        }
    }

    /** The next line, or its beginning if it is longer than any of a receipt: it must not fill the memory. */
    private static Optional<String> next(BufferedReader from) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int character = from.read(); character != '\n'; character = from.read()) {
            if (character < 0) {
                return line.isEmpty() ? Optional.empty() : Optional.of(line.toString());
            }
            if (line.length() < MAX_LINE) {
                line.append((char) character);
            }
        }
        return Optional.of(line.toString());
    }

    /** What the line says, if it is about an entry that has come to lie on a disk. */
    private static Optional<Entry> parse(String line) {
        Map<String, String> fields = fields(line);
        if (!"entry".equals(fields.get("event")) || "streamed".equals(fields.get("durability"))) {
            return Optional.empty();
        }
        return Optional.of(new Entry(
                required(fields, "placed"),
                EntryKind.valueOf(required(fields, "kind").toUpperCase(Locale.ROOT)),
                Long.parseLong(required(fields, "size")),
                crc(fields.get("crc32c")),
                Optional.ofNullable(fields.get("sha256")),
                Optional.ofNullable(fields.get("mtime")).map(Instant::parse)));
    }

    private static OptionalInt crc(@Nullable String digits) {
        return digits == null ? OptionalInt.empty() : OptionalInt.of(HexFormat.fromHexDigits(digits));
    }

    private static String required(Map<String, String> fields, String name) {
        return Optional.ofNullable(fields.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no field " + name));
    }

    /** The fields of the outermost object that are neither null nor objects or arrays. */
    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("expected an object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                    fields.put(name, parser.getString());
                }
                parser.skipChildren();
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw new IllegalArgumentException("expected the end of the object");
            }
        }
        return fields;
    }

    private TransferException unusable(String why) {
        return new TransferException(ErrorCode.RECEIPT_FILE, file.toString(), why);
    }

    private TransferException unusable(String why, IOException cause) {
        return new TransferException(ErrorCode.RECEIPT_FILE, file.toString(), why, cause);
    }
}
