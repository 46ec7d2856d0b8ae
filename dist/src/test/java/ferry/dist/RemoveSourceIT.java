package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code send --remove-source} loses nothing, whoever is killed. */
@Timeout(300)
class RemoveSourceIT {
    private static final int ROUNDS = 6;

    @RegisterExtension
    private final Bench bench = new Bench();

    private Path tree() throws IOException {
        for (int i = 0; i < 300; i++) {
            bench.file("tree/d%d/f%d".formatted(i % 7, i), i % 10 == 0 ? 500_000 : 50 * i);
            Files.createSymbolicLink(bench.path("tree/d%d/l%d".formatted(i % 7, i)), Path.of("f" + i));
        }
        return bench.path("tree");
    }

    /** What of the original is no longer here must be there, as it was. */
    private static void requireNothingLost(SortedMap<String, String> original, Path here, Path there) {
        Map<String, String> left = Files.exists(here) ? Tree.of(here) : Map.of();
        SortedMap<String, String> arrived = Tree.of(there);
        original.forEach((path, description) -> {
            if (!left.containsKey(path) && !description.startsWith("directory")) {
                assertThat(arrived.get(path)).as(path).isEqualTo(description);
            }
        });
    }

    @Test
    void movesATree() throws IOException {
        Path tree = tree();
        SortedMap<String, String> original = Tree.of(tree);
        RunningReceive receive = bench.receive();

        bench.send("--remove-source", tree, receive.endpoint()).expect(0);

        receive.stop().expect(0);
        assertThat(tree).doesNotExist();
        assertThat(Tree.of(receive.folder().resolve("tree")).keySet()).isEqualTo(original.keySet());
        requireNothingLost(original, tree, receive.folder().resolve("tree"));
    }

    @Test
    void removesNothingWithoutADurableReceipt() {
        Path file = bench.file("file", 1000);
        RunningReceive receive = bench.receive("--no-fsync");

        Result sent = bench.send("--remove-source", file, receive.endpoint()).expect(3);

        assertThat(sent.errors()).contains("1 of the sources are not removed");
        assertThat(receive.folder().resolve("file")).exists();
        assertThat(file).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"send", "receive", "both"})
    void losesNothingWhoeverIsKilledAndWhenever(String killed) throws Exception {
        Random random = new Random(killed.hashCode());
        Path tree = tree();
        SortedMap<String, String> original = Tree.of(tree);
        Path there = bench.path("out/tree");
        for (int i = 0; i < ROUNDS && Files.exists(tree); i++) {
            RunningReceive receive = bench.receive();
            RunningProcess send = bench.start(
                    bench.sending("--remove-source", "--retries", "0", "--limit", "20MB/s", tree, receive.endpoint()));
            Thread.sleep(Duration.ofMillis(200 + random.nextInt(1500)));
            if (!killed.equals("receive") && send.isAlive()) {
                send.signal("KILL");
            }
            if (!killed.equals("send")) {
                receive.process().signal("KILL");
            }
            send.awaitEnd();
            if (Files.exists(there)) {
                requireNothingLost(original, tree, there);
            }
            receive.process().close();
        }
        if (Files.exists(tree)) {
            RunningReceive receive = bench.receive();
            bench.send("--remove-source", tree, receive.endpoint()).expect(0);
        }
        assertThat(tree).doesNotExist();
        requireNothingLost(original, tree, there);
    }
}
