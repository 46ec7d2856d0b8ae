package ferry.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One frame of docs/protocol-vectors.txt, whose beginning explains the format.
 *
 * @param from the sides that may send it
 * @param expect {@code ok} and the frame's description, or the name of an error code
 * @param hex its bytes
 */
record WireVector(String name, List<Side> from, String expect, String hex) {
    private static final Path FILE = Path.of("..", "docs", "protocol-vectors.txt");
    private static final Pattern BLANK_LINES = Pattern.compile("\n{2,}");
    private static final String OK = "ok ";

    static List<WireVector> all() throws IOException {
        List<WireVector> vectors = new ArrayList<>();
        for (String group : BLANK_LINES.splitAsStream(Files.readString(FILE)).toList()) {
            if (!group.startsWith("#")) {
                vectors.add(parse(group.lines().toList()));
            }
        }
        return vectors;
    }

    static List<WireVector> valid() throws IOException {
        return all().stream().filter(WireVector::isValid).toList();
    }

    private static WireVector parse(List<String> group) {
        String name = "";
        List<Side> from = List.of();
        String expect = "";
        StringBuilder hex = new StringBuilder();
        for (String line : group) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("vector:")) {
                name = value;
            } else if (line.startsWith("from:")) {
                from = value.equals("both")
                        ? List.of(Side.values())
                        : List.of(Side.valueOf(value.toUpperCase(Locale.ROOT)));
            } else if (line.startsWith("expect:")) {
                expect = value;
            } else {
                hex.append(line.replaceFirst("#.*", "").replace(" ", ""));
            }
        }
        return new WireVector(name, from, expect, hex.toString());
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    boolean isValid() {
        return expect.startsWith(OK);
    }

    String description() {
        return expect.substring(OK.length());
    }

    @Override
    public String toString() {
        return name;
    }
}
