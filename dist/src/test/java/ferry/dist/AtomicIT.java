package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code send --atomic}: a whole tree appears at once, or nothing of it. */
final class AtomicIT {
    private static final int LARGE = 12 << 20;

    /** So slow that there are seconds in which one large file is complete, whichever goes first, and the other is not. */
    private static final String SPEED = "1MB/s";

    @RegisterExtension
    private final Bench bench = new Bench();

    private Path site = Path.of("");

    @BeforeEach
    void makeASource() throws IOException {
        bench.file("site/1.img", LARGE);
        bench.file("site/2.img", LARGE);
        for (int i = 0; i < 50; i++) {
            bench.file("site/small/%d/file".formatted(i), i);
        }
        site = bench.path("site");
        Files.createSymbolicLink(site.resolve("link"), Path.of("small/7"));
        Files.setPosixFilePermissions(site.resolve("small/7"), PosixFilePermissions.fromString("r-xr-x---"));
        Files.setLastModifiedTime(site, FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z")));
    }

    private void assertPlaced(RunningReceive receive) {
        assertThat(Tree.of(receive.folder().resolve("site"))).isEqualTo(Tree.of(site));
        receive.stop().expect(0);
        assertThat(receive.folder().resolve(".ferry")).doesNotExist();
    }

    /** Looks without a pause until the tree is there, and says what it was then. */
    private static CompletableFuture<SortedMap<String, String>> watch(Path tree) {
        CompletableFuture<SortedMap<String, String>> seen = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            while (!seen.isDone()) {
                if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
                    seen.complete(Tree.of(tree));
                }
            }
        });
        return seen;
    }

    @Test
    void appearsAsAWhole() throws Exception {
        RunningReceive receive = bench.receive();
        CompletableFuture<SortedMap<String, String>> seen =
                watch(receive.folder().resolve("site"));

        Result sent = bench.send("--atomic", "--json", site, receive.endpoint()).expect(0);

        assertThat(sent.events("entry")).hasSize(Tree.of(site).size() + 1);
        assertThat(seen.get(RunningProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(Tree.of(site));
        assertPlaced(receive);
    }

    /** Starts to send, and waits until one large file is complete in staging, and the other is not. */
    private RunningProcess sendHalf(RunningReceive receive) {
        RunningProcess send = bench.start(bench.sending("--atomic", "--limit", SPEED, site, receive.endpoint()));
        await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> hasOneStaged(receive.folder()));
        return send;
    }

    private static boolean hasOneStaged(Path out) {
        try (Stream<Path> paths = Files.walk(out)) {
            return paths.anyMatch(path ->
                    path.toString().contains("/trees/") && path.toString().endsWith(".img"));
        } catch (IOException | UncheckedIOException e) {
            // The receiver is at work there.
            return false;
        }
    }

    private void sendTheRest(RunningReceive receive) {
        Result sent = bench.send("--atomic", "--json", site, receive.endpoint()).expect(0);
        assertThat(sent.event("finished").number("moved"))
                .as("without the file that was complete")
                .isLessThan(2 * LARGE);
        assertPlaced(receive);
    }

    @Test
    void aReceiverThatWasKilledHasPlacedNothingAndTheNextGoesOn() {
        RunningReceive killed = bench.receive();
        RunningProcess send = sendHalf(killed);
        killed.process().signal("KILL");
        send.close();
        assertThat(killed.received()).isEmpty();

        sendTheRest(bench.receive());
    }

    @Test
    void aSenderThatWasKilledHasPlacedNothingAndGoesOn() {
        RunningReceive receive = bench.receive();
        sendHalf(receive).signal("KILL");
        receive.awaitFinished();
        assertThat(receive.received()).isEmpty();

        sendTheRest(receive);
    }

    @Test
    void aConnectionThatIsCutCostsNothing() throws IOException {
        RunningReceive receive = bench.receive();
        Cable cable = bench.keep(Cable.to(receive.port()));
        RunningProcess send = bench.start(
                bench.sending("--plain", "--atomic", "--retry-wait", "50ms", "--limit", SPEED, site, cable.endpoint()));
        await().atMost(RunningProcess.PATIENCE).until(() -> hasOneStaged(receive.folder()));
        cable.cutOnce();
        send.awaitEnd().expect(0);
        assertPlaced(receive);
    }

    @Test
    void aReceiverThatIsKilledAsTheTreeAppearsHasPlacedAllOfItAndTheRerunFindsItThere() throws Exception {
        RunningReceive killed = bench.receive();
        CompletableFuture<SortedMap<String, String>> seen =
                watch(killed.folder().resolve("site"));
        RunningProcess send = bench.start(bench.sending("--atomic", "--retries", "0", site, killed.endpoint()));
        assertThat(seen.get(RunningProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(Tree.of(site));
        killed.process().signal("KILL");
        send.awaitEnd();

        RunningReceive receive = bench.receive();
        Result again =
                bench.send("--atomic", "--json", site, receive.endpoint()).expect(0);
        assertThat(again.event("finished").number("moved")).isLessThan(LARGE);
        assertThat(again.events("entry"))
                .allMatch(entry -> entry.text("outcome").equals("same"));
        assertPlaced(receive);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rename", "overwrite", "skip", "fail"})
    void aDifferentTreeIsNotReplaced(String policy) throws IOException {
        bench.file("out/site/small/3/file", "different");
        SortedMap<String, String> before = Tree.of(bench.path("out/site"));
        RunningReceive receive = bench.receive("--on-conflict", policy);

        Result refused = bench.send("--atomic", site, receive.endpoint()).expect(8);

        assertThat(refused.errors())
                .contains("nothing appears at the receiver")
                .contains("hint: move away what the receiver has under that name");
        assertThat(Tree.of(bench.path("out/site"))).isEqualTo(before);
    }

    @Test
    void aSourceThatCannotBeReadLetsNothingAppear() throws IOException {
        Files.createSymbolicLink(site.resolve("zz"), Path.of("nowhere"));
        RunningReceive receive = bench.receive();

        Result failed = bench.send("--atomic", "--links", "follow", site, receive.endpoint())
                .expect(3);

        assertThat(failed.errors()).contains("site/zz").contains("nothing appears at the receiver");
        assertThat(receive.received()).isEmpty();

        Files.delete(site.resolve("zz"));
        bench.send("--atomic", site, receive.endpoint()).expect(0);
        assertPlaced(receive);
    }

    @Test
    void onlyOneDirectoryIsATree() {
        RunningReceive receive = bench.receive();
        bench.send("--atomic", site.resolve("1.img"), receive.endpoint()).expect(2);
        bench.send("--atomic", site, bench.path("out"), receive.endpoint()).expect(2);
        bench.send("--atomic", "--dry-run", site, receive.endpoint()).expect(0);
        assertThat(receive.received()).isEmpty();
    }
}
