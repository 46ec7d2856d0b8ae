package ferry.dist;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * One line of {@code --json}, read by a JSON parser.
 *
 * @param fields in their order: strings, Longs, Doubles, Booleans, Lists of strings, and null
 */
record Event(Map<String, @Nullable Object> fields) {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Reads a line, which must hold one object and nothing else. */
    static Event parse(String line) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
            require(parser.nextToken(), JsonToken.START_OBJECT, line);
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                fields.put(name, value(parser, line));
            }
            require(parser.currentToken(), JsonToken.END_OBJECT, line);
            require(parser.nextToken(), null, line);
            return new Event(fields);
        }
    }

    private static @Nullable Object value(JsonParser parser, String line) {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case START_ARRAY -> strings(parser, line);
            default -> throw new AssertionError("not expected: " + parser.currentToken() + " in " + line);
        };
    }

    private static List<String> strings(JsonParser parser, String line) {
        List<String> strings = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken(), JsonToken.VALUE_STRING, line);
            strings.add(parser.getString());
        }
        return strings;
    }

    private static void require(@Nullable JsonToken token, @Nullable JsonToken wanted, String line) {
        if (token != wanted) {
            throw new AssertionError("expected " + wanted + ", got " + token + " in " + line);
        }
    }

    String name() {
        return text("event");
    }

    String text(String field) {
        return (String) present(field);
    }

    long number(String field) {
        return (Long) present(field);
    }

    private Object present(String field) {
        Object value = fields.get(field);
        if (value == null) {
            throw new AssertionError("no " + field + " in " + fields);
        }
        return value;
    }
}
