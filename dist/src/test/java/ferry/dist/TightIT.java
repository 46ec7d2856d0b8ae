package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Transfers in which both directions are full at once: sockets that hold 4 KiB, more entries than credit, one side slower than the
 * other. None may stand still; where one does, its threads are shown.
 */
@Timeout(400)
final class TightIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String TIGHT = "echo 4096 4096 4096 > /proc/sys/net/ipv4/tcp_rmem"
            + " && echo 4096 4096 4096 > /proc/sys/net/ipv4/tcp_wmem";

    /** More than the credit of a transfer, which is 8,192. */
    private static final int MANY = 10_000;

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void moreFilesThanCreditPassThroughTinyBuffers() throws IOException {
        Path from = bench.roomyDirectory().resolve("from");
        for (int i = 0; i < MANY; i++) {
            Path directory = Files.createDirectories(from.resolve("directory-" + i / 1000));
            Files.writeString(directory.resolve("file-" + i), "content of " + i);
        }
        passes(from);
    }

    @Test
    void moreDirectoriesAndLinksThanCreditPassThroughTinyBuffers() throws IOException {
        Path from = Files.createDirectories(bench.roomyDirectory().resolve("from"));
        for (int i = 0; i < MANY; i++) {
            if (i % 2 == 0) {
                Files.createDirectory(from.resolve("directory-" + i));
            } else {
                Files.createSymbolicLink(from.resolve("link-" + i), Path.of("nowhere"));
            }
        }
        passes(from);
    }

    @Test
    void aReceiverThatIsSlowerThanItsSenderGetsAll() throws IOException {
        Path from = mixed();
        Path out = bench.roomyDirectory();
        try (Network network = Network.open()) {
            RunningReceive receive = receive(network, out);
            RunningProcess send = bench.start(network.with(bench.sending("--json", from, receive.endpoint())));
            bench.keep(Pauses.of(receive.process(), send));
            Hang.awaitEnd(PATIENCE, send, receive.process()).expect(0);
            receive.stop().expect(0);
        }
        requireSame(from, out);
    }

    @Test
    void aSenderThatIsSlowerThanItsReceiverSendsAll() throws IOException {
        Path from = mixed();
        Path out = bench.roomyDirectory();
        try (Network network = Network.open()) {
            RunningReceive receive = receive(network, out);
            RunningProcess send = bench.start(network.with(bench.sending("--json", from, receive.endpoint())));
            bench.keep(Pauses.of(send, send));
            Hang.awaitEnd(PATIENCE, send, receive.process()).expect(0);
            receive.stop().expect(0);
        }
        requireSame(from, out);
    }

    private Path mixed() throws IOException {
        Path from = Files.createDirectories(bench.roomyDirectory().resolve("from"));
        for (int i = 0; i < 2_000; i++) {
            Files.writeString(from.resolve("file-" + i), "content of " + i);
        }
        Files.write(from.resolve("large"), new byte[20_000_000]);
        return from;
    }

    private void passes(Path from) throws IOException {
        Path out = bench.roomyDirectory();
        try (Network network = Network.open()) {
            RunningReceive receive = receive(network, out);
            RunningProcess send =
                    bench.start(network.with(bench.sending("--plain", "--json", from, receive.endpoint())));
            Result sent = Hang.awaitEnd(PATIENCE, send, receive.process()).expect(0);
            assertThat(sent.event("finished").number("failed")).isZero();
            receive.stop().expect(0);
        }
        requireSame(from, out);
    }

    private RunningReceive receive(Network network, Path out) {
        network.with(Command.of("true").after(TIGHT)).run().expect(0);
        return bench.receive(network.with(bench.receiving(out).and("--listen", "127.0.0.1:0")), out);
    }

    private static void requireSame(Path from, Path out) {
        assertThat(Tree.of(out).equals(Tree.of(Objects.requireNonNull(from.getParent()))))
                .as("the trees are the same")
                .isTrue();
    }
}
