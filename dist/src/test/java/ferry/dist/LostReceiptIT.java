package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A connection that breaks between placing an entry and its receipt makes no second copy, in no conflict policy. */
@Timeout(120)
class LostReceiptIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    enum How {
        RECONNECT,
        RERUN
    }

    /** Each policy with each kind of entry; and each of either in both ways. */
    static Stream<Arguments> cases() {
        List<String> policies = List.of("rename", "overwrite", "skip", "fail");
        List<String> entries = List.of("10", "102400", "20971520", "link", "directory");
        return IntStream.range(0, policies.size() * entries.size()).mapToObj(number -> {
            int policy = number / entries.size();
            int entry = number % entries.size();
            return Arguments.of(policies.get(policy), entries.get(entry), How.values()[(policy + entry) % 2]);
        });
    }

    private Path source(String what) throws IOException {
        return switch (what) {
            case "link" -> {
                Path parent = bench.directory("entry");
                Files.createSymbolicLink(parent.resolve("link"), Path.of("target"));
                yield parent;
            }
            case "directory" -> {
                bench.directory("entry/empty");
                yield bench.path("entry");
            }
            default -> bench.file("entry", Integer.parseInt(what));
        };
    }

    /** How much goes before the answers are held back: more than the offer, where the verdict on it is waited for. */
    private static long before(String what) {
        return what.matches("\\d{6,}") ? Long.parseLong(what) / 2 : 0;
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("cases")
    void endsInOneCopy(String policy, String what, How how) throws IOException {
        Path source = source(what);
        RunningReceive receive = bench.receive("--on-conflict", policy);
        Cable cable = bench.keep(Cable.to(receive.port()));
        cable.holdAnswersAfter(before(what));
        Command command = bench.sending("--plain", "--retry-wait", "50ms", source, cable.endpoint());
        RunningProcess send =
                bench.start(how == How.RERUN ? command.and("--retries", "0") : command.and("--wait", "20s"));
        Path placed = receive.folder()
                .resolve("entry")
                .resolve(what.equals("link") ? "link" : what.equals("directory") ? "empty" : "");
        await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Files.exists(placed, LinkOption.NOFOLLOW_LINKS));

        cable.cutOnce();

        if (how == How.RERUN) {
            send.awaitEnd().expect(4);
            command.run().expect(0);
        } else {
            send.awaitEnd().expect(0);
            // A machine that has much to do may be told BUSY before.
            assertThat(cable.connections()).isGreaterThanOrEqualTo(2);
        }
        receive.stop().expect(0);
        assertThat(receive.folder()).isDirectoryContaining("glob:**/entry");
        try (Stream<Path> all = Files.list(receive.folder())) {
            assertThat(all).hasSize(1);
        }
        if (Files.isDirectory(source)) {
            assertThat(Tree.of(receive.folder().resolve("entry"))).isEqualTo(Tree.of(source));
        } else {
            assertThat(receive.folder().resolve("entry")).hasSameBinaryContentAs(source);
        }
    }
}
