package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built programs over several streams. */
final class StreamsIT {
    private static final int SIZE = 100 << 20;
    private static final String SPEED = "15MB/s";

    @RegisterExtension
    private final Bench bench = new Bench();

    private Path file = Path.of("");

    @BeforeEach
    void makeASource() {
        file = bench.file("disk.img", SIZE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--plain", "encrypted"})
    void aLargeFileAndATree(String how) {
        for (int i = 0; i < 300; i++) {
            bench.file("tree/" + i % 7 + "/" + i, 1 + i * i);
        }
        bench.file("tree/larger", 20_000_000);
        Path tree = file.resolveSibling("tree");
        RunningReceive receive = bench.receive();
        Command send = bench.sending("--json", "--streams", "4", file, tree, receive.endpoint());
        Result sent = bench.start(how.equals("--plain") ? send.and("--plain") : send)
                .awaitEnd()
                .expect(0);
        assertThat(sent.events("streams").getFirst().number("streams")).isEqualTo(4);
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("disk.img")).hasSameBinaryContentAs(file);
        assertThat(Tree.of(receive.folder().resolve("tree"))).isEqualTo(Tree.of(tree));
        assertThat(receive.folder().resolve(".ferry")).doesNotExist();
    }

    @Test
    void aStreamThatIsCutCostsNoConnection() {
        RunningReceive receive = bench.receive();
        Cable cable = bench.keep(Cable.to(receive.port()));
        RunningProcess send =
                bench.start(bench.sending("--json", "--streams", "3", "--limit", SPEED, file, cable.endpoint()));
        await().atMost(RunningProcess.PATIENCE).until(() -> cable.connections() >= 3);
        ResumeIT.awaitStaged(receive.folder(), SIZE / 3);
        cable.cutLatest();
        Result sent = send.awaitEnd().expect(0);
        assertThat(sent.events("reconnecting")).isEmpty();
        assertThat(sent.events("streams"))
                .anySatisfy(event -> assertThat(event.text("text")).contains("ended"));
        assertThat(sent.events("entry").getLast().text("outcome")).isEqualTo("placed");
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("disk.img")).hasSameBinaryContentAs(file);
        assertThat(receive.folder().resolve(".ferry")).doesNotExist();
    }

    @Test
    void aConnectionThatIsCutWithAllItsStreams() {
        RunningReceive receive = bench.receive();
        Cable cable = bench.keep(Cable.to(receive.port()));
        cable.cutAfter(SIZE / 2);
        Result sent = bench.send("--json", "--streams", "4", "--retry-wait", "50ms", file, cable.endpoint())
                .expect(0);
        assertThat(sent.events("reconnected")).hasSize(1);
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("disk.img")).hasSameBinaryContentAs(file);
    }

    @Test
    void aReceiverThatIsKilledAndTheSameCommandOnceMore() {
        RunningReceive killed = bench.receive();
        RunningProcess send = bench.start(
                bench.sending("--streams", "4", "--limit", SPEED, "--retries", "0", file, killed.endpoint()));
        ResumeIT.awaitStaged(killed.folder(), SIZE / 2);
        killed.process().signal("KILL");
        send.close();

        RunningReceive receive = bench.receive();
        Result sent =
                bench.send("--json", "--streams", "4", file, receive.endpoint()).expect(0);
        assertThat(sent.event("finished").number("moved")).isLessThan(SIZE);
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("disk.img")).hasSameBinaryContentAs(file);
        assertThat(receive.folder().resolve(".ferry")).doesNotExist();
    }
}
