package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.net.Endpoint;
import ferry.receive.ReceiveCommand;
import ferry.send.SendCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Holds the README's tables, and its links, against the programs and the files that are there. */
final class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("README.md");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

    private final CommandSpec send = new CommandLine(new SendCommand()).getCommandSpec();
    private final CommandSpec receive = new CommandLine(new ReceiveCommand()).getCommandSpec();

    @Test
    void listsTheOptionsThatSendHas() throws IOException {
        assertThat(names("| `send` | meaning |", "| both | meaning |")).containsExactlyElementsOf(optionsOf(send));
    }

    @Test
    void listsTheOptionsThatReceiveHas() throws IOException {
        assertThat(names("| `receive` | meaning |", "| both | meaning |"))
                .containsExactlyElementsOf(optionsOf(receive));
    }

    @Test
    void statesTheDefaultsThatTheOptionsHave() throws IOException {
        List<String> rows = rows("| `send` | meaning |", "| `receive` | meaning |", "| both | meaning |");
        assertThat(withDefault(send, receive))
                .isNotEmpty()
                .allSatisfy(option -> assertThat(rows)
                        .filteredOn(row -> row.startsWith("| " + shown(option) + " |"))
                        .isNotEmpty()
                        .allSatisfy(row -> assertThat(row)
                                .containsAnyOf(
                                        "(default: " + option.defaultValue() + ")",
                                        "`" + option.defaultValue() + "` (default)")));
    }

    @Test
    void listsTheExitStatuses() throws IOException {
        List<String> expected = send.usageMessage().exitCodeList().entrySet().stream()
                .map(status -> "| %s | %s |".formatted(status.getKey(), status.getValue()))
                .toList();
        assertThat(rows("| status | meaning |")).isNotEmpty().containsExactlyElementsOf(expected);
    }

    @Test
    void namesTheDefaultPort() throws IOException {
        assertThat(Files.readString(PAGE)).contains(Integer.toString(Endpoint.DEFAULT_PORT));
    }

    /** Those of every page, at the root and under docs. */
    @Test
    void linksToPagesThatAreThere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                if (!Files.exists(page.resolveSibling(link.group(1)))) {
                    broken.add(page + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> root = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            Stream.concat(root, docs)
                    .filter(page -> page.toString().endsWith(".md"))
                    .forEach(pages::add);
        }
        assertThat(pages).contains(PAGE, ROOT.resolve("SECURITY.md"), ROOT.resolve("docs/PROTOCOL.md"));
        return pages;
    }

    private static List<OptionSpec> withDefault(CommandSpec... commands) {
        return Arrays.stream(commands)
                .flatMap(command -> command.options().stream())
                .filter(option ->
                        option.defaultValue() != null && option.arity().max() > 0)
                .filter(option -> !option.defaultValue().equals("0s")
                        || !option.longestName().equals("--wait"))
                .toList();
    }

    private static List<String> optionsOf(CommandSpec command) {
        return command.options().stream().map(ReadmeTest::shown).toList();
    }

    /** As the tables show it: {@code `--wait DURATION`}, {@code `--code[=CODE]`}, {@code `-q`, `--quiet`}. */
    private static String shown(OptionSpec option) {
        String parameter = parameter(option);
        return Arrays.stream(option.names())
                .map(name -> "`" + name + parameter + "`")
                .collect(Collectors.joining(", "));
    }

    private static String parameter(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        return option.arity().min() > 0 ? " " + option.paramLabel() : "[=%s]".formatted(option.paramLabel());
    }

    private static List<String> names(String... heads) throws IOException {
        return rows(heads).stream()
                .map(row -> row.substring(2, row.indexOf(" |", 2)))
                .toList();
    }

    /** The rows of the tables that begin with these lines. */
    private static List<String> rows(String... heads) throws IOException {
        List<String> page = Files.readAllLines(PAGE);
        List<String> rows = new ArrayList<>();
        for (String head : heads) {
            assertThat(page).contains(head);
            page.subList(page.indexOf(head) + 2, page.size()).stream()
                    .takeWhile(line -> line.startsWith("|"))
                    .forEach(rows::add);
        }
        return rows;
    }
}
