package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** docs/JSON.md as a schema: which events there are, and which fields of which type they have. Immutable. */
final class JsonPage {
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** Of each event, its fields in their order. */
    private final Map<String, Map<String, Type>> events = new LinkedHashMap<>();

    /** @param meaning what the page says beside the type: for a word, which ones there are */
    private record Type(String name, String meaning) {}

    private JsonPage(List<String> lines) {
        List<String> names = List.of();
        for (String line : lines) {
            if (line.startsWith("### ")) {
                names = quoted(line.replaceFirst("\\(.*", ""));
                names.forEach(name -> events.put(name, new LinkedHashMap<>()));
            } else if (line.startsWith("| `")) {
                addRow(names, line.split("\\|"));
            }
        }
    }

    /** Reads the page of this repository. */
    static JsonPage read() {
        try {
            return new JsonPage(Files.readAllLines(Path.of("..", "docs", "JSON.md")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of all events. */
    Set<String> events() {
        return events.keySet();
    }

    /** Fails unless the event has exactly the fields of the page, in its order and of its types. */
    void check(Event event) {
        Map<String, Type> fields = fieldsOf(event.name());
        List<String> names = new ArrayList<>(List.of("v", "event"));
        names.addAll(fields.keySet());
        assertThat(event.fields().keySet()).as("%s", event).containsExactlyElementsOf(names);
        assertThat(event.number("v")).isOne();
        fields.forEach((name, type) -> assertThat(fits(event.fields().get(name), type))
                .as("%s is a %s: %s", name, type.name(), event)
                .isTrue());
    }

    private Map<String, Type> fieldsOf(String event) {
        Map<String, Type> fields = events.get(event);
        if (fields == null) {
            throw new AssertionError("not on the page: " + event);
        }
        return fields;
    }

    private void addRow(List<String> names, String[] cells) {
        Type type = new Type(cells[2].strip(), cells[3].strip());
        List<String> owners = type.meaning().startsWith("only in `") ? quoted(type.meaning()) : names;
        for (String owner : owners) {
            for (String field : quoted(cells[1])) {
                Type own = type.meaning().startsWith("as in `failed`")
                        ? fieldsOf("failed").get(field)
                        : type;
                fieldsOf(owner).put(field, own);
            }
        }
    }

    private static boolean fits(@Nullable Object value, Type type) {
        String optional = " or null";
        if (type.name().endsWith(optional)) {
            String name = type.name().substring(0, type.name().length() - optional.length());
            return value == null || fits(value, new Type(name, type.meaning()));
        }
        return switch (type.name()) {
            case "string" -> value instanceof String;
            case "transfer id" -> value instanceof String text && text.matches("[0-9a-f]{32}");
            case "path" -> value instanceof String text && !text.isEmpty() && !text.startsWith("/");
            case "word" -> value instanceof String text && isOneOf(text, type.meaning());
            case "integer", "bytes", "count", "status" -> value instanceof Long number && number >= 0;
            case "number" -> value instanceof Double || value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "array of strings" ->
                value instanceof List<?> list && list.stream().allMatch(String.class::isInstance);
            default -> throw new AssertionError("a type that this test does not know: " + type);
        };
    }

    private static boolean isOneOf(String word, String meaning) {
        return meaning.contains("such as")
                ? word.matches("[a-z_]+")
                : quoted(meaning).contains(word);
    }

    private static List<String> quoted(String text) {
        return QUOTED.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
