package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built programs where content is compressed on its way. */
final class CompressIT {
    private static final int SIZE = 20_000_000;

    @RegisterExtension
    private final Bench bench = new Bench();

    /** Of this many bytes, of which less than half are left. */
    private static String text(int size) {
        Random random = new Random(size);
        StringBuilder text = new StringBuilder(size + 8);
        while (text.length() < size) {
            text.append(Integer.toString(random.nextInt(10_000))).append(" tide\n");
        }
        return text.substring(0, size);
    }

    private static void assertCompressed(Result sent) {
        Event finished = sent.event("finished");
        assertThat(finished.number("wire")).isPositive().isLessThan(finished.number("moved") / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--plain", "--streams=auto"})
    void textGoesInFarFewerBytesWhereTheWayIsSlow(String how) {
        Path file = bench.file("a.txt", text(SIZE));
        RunningReceive receive = bench.receive();
        Result sent = bench.send("--json", how, "--limit", "4MB/s", file, receive.endpoint())
                .expect(0);
        assertThat(sent.event("finished").number("wire")).isLessThan(SIZE * 3 / 4);
        assertThat(sent.events("compression").getFirst().text("method")).isEqualTo("zstd");
        assertThat(receive.awaitFinished().number("wire"))
                .isEqualTo(sent.event("finished").number("wire"));
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("a.txt")).hasSameBinaryContentAs(file);
    }

    @Test
    void whatDoesNotGetSmallerGoesAsItIs() {
        Path file = bench.file("noise", SIZE);
        RunningReceive receive = bench.receive();
        Result sent = bench.send("--json", "--limit", "20MB/s", file, receive.endpoint())
                .expect(0);
        assertThat(sent.event("finished").number("wire")).isEqualTo(SIZE);
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("noise")).hasSameBinaryContentAs(file);
    }

    @Test
    void nothingIsCompressedWithinAMachine() {
        Path file = bench.file("a.txt", text(SIZE));
        RunningReceive receive = bench.receive();
        Result sent = bench.send("--json", file, receive.endpoint()).expect(0);
        assertThat(sent.event("finished").number("wire")).isEqualTo(SIZE);
        assertThat(sent.events("compression")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--streams=3", "--sha256", "--plain"})
    void aTreeOfLargeAndSmallFilesWhateverElseIsWanted(String option) {
        Path tree = mixedTree();
        RunningReceive receive = bench.receive();
        Result sent = bench.send("--json", "--compress", "zstd", option, tree, receive.endpoint())
                .expect(0);
        assertCompressed(sent);
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder().resolve("tree"))).isEqualTo(Tree.of(tree));
    }

    @Test
    void aTreeThatAppearsAtOnce() {
        Path tree = mixedTree();
        RunningReceive receive = bench.receive();
        assertCompressed(bench.send("--json", "--compress", "zstd", "--atomic", tree, receive.endpoint())
                .expect(0));
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder().resolve("tree"))).isEqualTo(Tree.of(tree));
    }

    private Path mixedTree() {
        bench.file("tree/large.txt", text(SIZE));
        bench.file("tree/noise", 3_000_000);
        for (int i = 0; i < 200; i++) {
            bench.file("tree/" + i % 7 + "/" + i, text(1 + i * i));
        }
        return bench.path("tree");
    }

    @Test
    void aConnectionThatIsCutAndAFileThatHasChangedALittle() {
        String text = text(SIZE);
        Path file = bench.file("a.txt", text);
        RunningReceive receive = bench.receive("--on-conflict", "overwrite");
        Cable cable = bench.keep(Cable.to(receive.port()));
        cable.cutAfter(SIZE / 5);
        Result sent = bench.send("--json", "--compress", "zstd", "--retry-wait", "50ms", file, cable.endpoint())
                .expect(0);
        assertThat(sent.events("reconnected")).hasSize(1);
        assertThat(receive.folder().resolve("a.txt")).hasSameBinaryContentAs(file);

        Path changed = bench.file("a.txt", text.substring(0, SIZE - 4) + "new\n");
        Result again = bench.send("--json", "--compress", "zstd", changed, receive.endpoint())
                .expect(0);
        assertThat(again.event("finished").number("moved")).isLessThan(SIZE / 2);
        assertCompressed(again);
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("a.txt")).hasSameBinaryContentAs(changed);
    }

    @Test
    void fromStandardInputToStandardOutput() {
        Path file = bench.file("a.txt", text(SIZE));
        Path socket = bench.path("socket");
        RunningProcess receive = bench.start(Command.receive("--stdout", "--listen", "unix:" + socket));
        Result sent = bench.sending("--json", "--wait", "30s", "--compress", "zstd", "-", "unix:" + socket)
                .from(file)
                .run()
                .expect(0);
        assertCompressed(sent);
        assertThat(receive.awaitEnd().expect(0).output()).isEqualTo(text(SIZE));
    }

    @Test
    void saysWhyWhenAsked() {
        Path file = bench.file("a.txt", text(SIZE));
        RunningReceive receive = bench.receive();
        Result sent =
                bench.send("-v", "--limit", "4MB/s", file, receive.endpoint()).expect(0);
        assertThat(sent.errorLines()).anyMatch(line -> line.contains("compression: zstd; a stream moves "));
        assertThat(sent.errorLines()).anyMatch(line -> line.contains(", compressed to "));
    }
}
