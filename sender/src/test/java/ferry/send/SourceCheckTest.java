package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceCheckTest {
    @TempDir
    private Path temporary;

    private Path top;

    @BeforeEach
    void prepare() throws Exception {
        top = Files.createDirectories(temporary.resolve("top"));
        Files.createDirectories(top.resolve("a/b"));
        Files.writeString(top.resolve("a/f.txt"), "x");
        Files.createSymbolicLink(top.resolve("latest"), Path.of("a/f.txt"));
        Files.createSymbolicLink(top.resolve("dangling"), Path.of("nowhere"));
    }

    @ParameterizedTest
    @CsvSource({
        "a, a",
        "a/, a",
        "a/f.txt, f.txt",
        "a/b, b",
        "a/., a",
        "a/b/.., a",
        ".., TEMPORARY",
        "., top",
        "latest, latest",
        "a/../a/b, b"
    })
    void givesASourceItsLastName(String source, String name) throws Exception {
        String expected =
                name.equals("TEMPORARY") ? temporary.toRealPath().getFileName().toString() : name;
        Root root = check(source).roots().getFirst();
        assertThat(root.name()).hasToString(expected);
    }

    @Test
    void followsANamedLink() throws Exception {
        Root.Found root = (Root.Found) check("latest").roots().getFirst();
        assertThat(root.path()).isEqualTo(top.resolve("a/f.txt").toRealPath());
        assertThat(root.attributes().isRegularFile()).isTrue();
    }

    @Test
    void refusesTheRootDirectoryWhichHasNoName() {
        for (String source : List.of("/", "/.", "/..", "/usr/..")) {
            assertUsage(List.of(new Source.Named(Path.of(source))), "it has no name under which it could arrive");
        }
    }

    @Test
    void refusesTwoSourcesThatWouldArriveUnderOneName() {
        assertUsage(
                List.of(new Source.Named(top.resolve("a/f.txt")), new Source.StandardInput("f.txt")),
                "it would arrive as 'f.txt', and so would " + top.resolve("a/f.txt"));
        assertUsage(
                List.of(new Source.Named(top.resolve("a")), new Source.Named(top.resolve("a/"))),
                "it would arrive as 'a', and so would " + top.resolve("a"));
    }

    @Test
    void failsWhatIsNotThereAlone() throws Exception {
        SourceCheck check = check("missing", "a", "dangling");
        assertThat(check.roots()).extracting(root -> root.name().toString()).containsExactly("a");
        assertThat(check.failures())
                .extracting(failure -> failure.cause().getMessage())
                .containsExactly(
                        top.resolve("missing") + ": no such file or directory",
                        top.resolve("dangling") + ": no such file or directory");
        assertThat(check.failures())
                .extracting(failure -> failure.cause().code())
                .containsOnly(ErrorCode.SOURCE_UNREADABLE);
    }

    @Test
    void failsADeviceAndSaysWhatToTypeInstead() throws Exception {
        SourceCheck check = SourceCheck.of(List.of(new Source.Named(Path.of("/dev/null"))));
        TransferException cause = check.failures().getFirst().cause();
        assertThat(cause).hasMessage("/dev/null: not a file, but a pipe, socket or device");
        assertThat(cause.hints()).containsExactly("send what comes out of it: send --name NAME - TARGET < /dev/null");
    }

    @Test
    void failsTheReceiversOwnFolder() throws Exception {
        Files.createDirectory(top.resolve(".ferry"));
        assertThat(check(".ferry").failures().getFirst().cause().code()).isEqualTo(ErrorCode.SOURCE_NAME);
    }

    private SourceCheck check(String... names) throws TransferException {
        List<Source> sources = new ArrayList<>();
        for (String name : names) {
            sources.add(new Source.Named(top.resolve(name)));
        }
        return SourceCheck.of(sources);
    }

    private static void assertUsage(List<Source> sources, String why) {
        assertThatThrownBy(() -> SourceCheck.of(sources)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
            assertThat(e.why()).isEqualTo(why);
        });
    }
}
