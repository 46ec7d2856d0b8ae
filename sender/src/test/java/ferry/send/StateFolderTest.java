package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.wire.OwnerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    @TempDir
    private Path home;

    @Test
    void keepsOneOwnerForGood() throws Exception {
        OwnerId owner = folder().owner();
        assertThat(owner.isNone()).isFalse();
        assertThat(folder().owner()).isEqualTo(owner);
        assertThat(file()).hasContent(owner + "\n");
    }

    @Test
    void hidesItFromOthersAndLeavesNoDraft() throws Exception {
        folder().owner();
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(file().getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        try (Stream<Path> files = Files.list(file().getParent())) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void givesManyAtOnceTheSameOwner() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Callable<OwnerId> ask = () -> folder().owner();
            List<Future<OwnerId>> answers =
                    Stream.generate(() -> threads.submit(ask)).limit(32).toList();
            for (Future<OwnerId> answer : answers) {
                assertThat(answer.get()).isEqualTo(answers.getFirst().get());
            }
        }
    }

    @Test
    void prefersTheFolderOfTheXdgSpecification() throws Exception {
        Path state = home.resolve("state");
        locate(Map.of("XDG_STATE_HOME", state.toString(), "HOME", home.toString()))
                .owner();
        assertThat(state.resolve("ferry/owner-id")).exists();
    }

    @Test
    void passesOverARelativeFolderAsTheSpecificationDemands() throws Exception {
        locate(Map.of("XDG_STATE_HOME", "state", "HOME", home.toString())).owner();
        assertThat(file()).exists();
    }

    @Test
    void isNowhereWithoutAHome() {
        assertThat(StateFolder.locate(Map.of())).isEmpty();
        assertThat(StateFolder.locate(Map.of("HOME", "/home/\0"))).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithADamagedFile() throws Exception {
        for (String damage : List.of("", "0123", "x".repeat(32), "0".repeat(33))) {
            Files.createDirectories(file().getParent());
            Files.writeString(file(), damage);
            assertThatThrownBy(() -> folder().owner())
                    .as("'%s'", damage)
                    .isInstanceOf(IOException.class)
                    .hasMessage(file() + ": 32 hexadecimal digits expected");
        }
    }

    @Test
    void failsWhereNoFolderCanBeMade() throws Exception {
        Files.writeString(home.resolve(".local"), "in the way");
        assertThatThrownBy(() -> folder().owner()).isInstanceOf(IOException.class);
    }

    private StateFolder folder() {
        return locate(Map.of("HOME", home.toString()));
    }

    private static StateFolder locate(Map<String, String> environment) {
        return StateFolder.locate(environment).orElseThrow();
    }

    private Path file() {
        return home.resolve(".local/state/ferry/owner-id");
    }
}
