package ferry.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gives each target what the fuzzer has found worth keeping, and what once broke it. */
class ReplayTest {
    static List<Targets> targets() throws Exception {
        return Targets.all();
    }

    @ParameterizedTest
    @MethodSource("targets")
    @Timeout(120)
    void bearsAllThatIsKept(Targets target) throws Throwable {
        List<Path> inputs = inputs(target.corpus());
        assertThat(inputs).as("kept for " + target.name()).isNotEmpty();
        for (Path input : inputs) {
            try {
                target.run(Files.readAllBytes(input));
            } catch (Throwable e) {
                throw new AssertionError("%s does not bear %s".formatted(target.name(), input), e);
            }
        }
    }

    @Test
    void everyFolderOfTheCorpusBelongsToATarget() throws Exception {
        List<String> folders = inputs(Path.of("corpus")).stream()
                .map(path -> path.getFileName().toString())
                .toList();
        assertThat(folders)
                .containsExactlyInAnyOrderElementsOf(
                        Targets.all().stream().map(Targets::name).toList());
    }

    private static List<Path> inputs(Path folder) throws Exception {
        try (Stream<Path> paths = Files.list(folder)) {
            return new ArrayList<>(paths.sorted().toList());
        }
    }
}
