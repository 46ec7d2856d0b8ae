package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds what docs/PROTOCOL.md lists against the code that it is listed from. */
class ProtocolPageTest {
    private static final Path PAGE = Path.of("..", "docs", "PROTOCOL.md");

    @Test
    void listsEveryErrorCode() throws Exception {
        Stream<String> expected = Stream.of(ErrorCode.values())
                .map(code -> "| %d | %s | %d | %s | %s |"
                        .formatted(
                                code.wireNumber(),
                                code,
                                code.exitStatus().code(),
                                code.retryable() ? "yes" : "no",
                                code.meaning()));
        assertThat(table("## 8. Error codes")).containsExactlyElementsOf(expected.toList());
    }

    @Test
    void listsEveryTypeOfFrame() throws Exception {
        Stream<String> expected = Stream.of(FrameType.values())
                .map(type -> "| 0x%02X | %s | %s".formatted(type.number(), type, direction(type)));
        List<String> listed = table("## 5. Frames").stream()
                .filter(row -> !row.contains("reserved"))
                .map(row -> row.replaceAll("^((\\|[^|]*){3}) \\|.*", "$1"))
                .toList();
        assertThat(listed).containsExactlyElementsOf(expected.toList());
    }

    private static String direction(FrameType type) {
        if (type.mayComeFrom(Side.SENDER) && type.mayComeFrom(Side.RECEIVER)) {
            return "both";
        }
        return type.mayComeFrom(Side.SENDER) ? "s→r" : "r→s";
    }

    /** The rows of the first table of a section, without its head. */
    private static List<String> table(String section) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals(section))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .toList();
    }
}
