package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One run of {@code send} outlives its connections. */
@Timeout(300)
class ReconnectIT {
    private static final int LARGE = 20_000_000;

    /** Longer where nobody waits for all the tests. */
    private static final Duration LONG_CUT = Duration.ofSeconds(System.getenv("CI") == null ? 60 : 5);

    @RegisterExtension
    private final Bench bench = new Bench();

    /** A tree of large and small files, empty directories and links, with times and modes of its own. */
    private Path tree() throws IOException {
        bench.file("tree/large", LARGE);
        bench.file("tree/empty-file", 0);
        for (int i = 0; i < 200; i++) {
            bench.file("tree/d%d/small%d".formatted(i % 20, i), 100 * i);
            Files.createSymbolicLink(bench.path("tree/d%d/link%d".formatted(i % 20, i)), Path.of("small" + i));
        }
        Path empty = bench.directory("tree/empty/deep");
        Files.setPosixFilePermissions(empty, PosixFilePermissions.fromString("rwxr-x---"));
        Files.setLastModifiedTime(empty, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        Files.setLastModifiedTime(bench.path("tree/d3"), FileTime.from(Instant.ofEpochSecond(1_100_000_000)));
        return bench.path("tree");
    }

    private Command sending(Object... arguments) {
        return bench.sending("--json", "--retry-wait", "200ms").and(arguments);
    }

    private RunningReceive receiving(String endpoint) {
        Path out = bench.path("out");
        return bench.receive(bench.receiving(out).and("--listen", endpoint), out);
    }

    /** All that was sent is there, as it was, once, and nothing else. */
    private void requireArrived(Path source, RunningReceive receive) {
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder().resolve(source.getFileName()))).isEqualTo(Tree.of(source));
        assertThat(receive.folder())
                .isDirectoryNotContaining(entry -> !entry.getFileName().equals(source.getFileName()));
    }

    /** Each entry was told of once. */
    private static void requireCountedOnce(Path source, Result sent) {
        int entries = Tree.of(source).size() + 1;
        assertThat(sent.events("entry")).hasSize(entries);
        assertThat(sent.event("finished").number("entries")).isEqualTo(entries);
        assertThat(sent.event("finished").number("failed")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"--plain, 1", "--plain, 300000", "--plain, 5000000", "--links=keep, 4000", "--links=keep, 5000000"})
    void goesOnAfterACut(String option, long bytes) throws IOException {
        Path tree = tree();
        RunningReceive receive = bench.receive();
        Cable cable = bench.keep(Cable.to(receive.port()));
        RunningProcess send =
                bench.start(sending(option, "--limit", "40MB/s", "--wait", "20s", tree, cable.endpoint()));
        cable.cutAfter(bytes);

        Result sent = send.awaitEnd().expect(0);

        assertThat(cable.connections()).isGreaterThanOrEqualTo(2);
        requireCountedOnce(tree, sent);
        requireArrived(tree, receive);
    }

    @Test
    void goesOnAfterManyCuts() throws IOException {
        Path tree = tree();
        RunningReceive receive = bench.receive();
        Cable cable = bench.keep(Cable.to(receive.port()));
        RunningProcess send = bench.start(sending("--limit", "20MB/s", "--wait", "20s", tree, cable.endpoint()));

        for (int i = 0; i < 5; i++) {
            int cuts = i;
            await().atMost(RunningProcess.PATIENCE).until(() -> !send.isAlive() || cable.connections() > cuts);
            cable.cutAfter(400_000);
            await().atMost(RunningProcess.PATIENCE).until(() -> !send.isAlive() || cable.connections() > cuts + 1);
        }

        requireCountedOnce(tree, send.awaitEnd().expect(0));
        requireArrived(tree, receive);
    }

    @Test
    void outlivesALongCut() throws Exception {
        Path tree = tree();
        RunningReceive receive = bench.receive();
        Cable cable = bench.keep(Cable.to(receive.port()));
        RunningProcess send = bench.start(sending("--limit", "5MB/s", tree, cable.endpoint()));
        receive.awaitEvents("entry", 1);

        cable.cut();
        Thread.sleep(LONG_CUT);
        assertThat(send.isAlive()).isTrue();
        cable.mend();

        Result sent = send.awaitEnd(Duration.ofMinutes(2)).expect(0);
        assertThat(sent.events("reconnecting")).hasSizeGreaterThan(2);
        assertThat(sent.events("reconnected")).isNotEmpty();
        requireCountedOnce(tree, sent);
        requireArrived(tree, receive);
    }

    @Test
    void goesOnWhenTheReceiverIsKilledAndStartedAgain() throws IOException {
        Path tree = tree();
        RunningReceive first = receiving("127.0.0.1:0");
        RunningProcess send = bench.start(sending("--limit", "5MB/s", tree, first.endpoint()));
        first.awaitEvents("entry", 1);

        first.process().signal("KILL");
        first.process().awaitEnd();
        await().atMost(RunningProcess.PATIENCE)
                .until(() -> !send.soFar().events("reconnecting").isEmpty());
        RunningReceive second = receiving(first.endpoint());

        Result sent = send.awaitEnd().expect(0);
        requireCountedOnce(tree, sent);
        requireArrived(tree, second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1]", "127.0.0.9"})
    void findsAReceiverThatHasMovedToAnotherAddress(String other) throws IOException {
        Path file = bench.file("file", LARGE);
        Path hosts = bench.file("hosts", "127.0.0.1 moving\n");
        RunningReceive first = receiving("127.0.0.1:0");
        RunningProcess send = bench.start(Network.knowing(
                hosts, sending("--pin", keyOf(first), "--limit", "5MB/s", file, "moving:" + first.port())));
        first.awaitEvents("started", 1);

        first.process().signal("KILL");
        first.process().awaitEnd();
        RunningReceive second = receiving(other + ":" + first.port());
        bench.file("hosts", other.replaceAll("[\\[\\]]", "") + " moving\n");

        Result sent = send.awaitEnd().expect(0);
        assertThat(sent.events("reconnected").getLast().text("peer")).startsWith(other);
        requireArrivedFile(file, second);
    }

    @Test
    void takesNoOtherKeyThanTheFirst() {
        Path file = bench.file("file", LARGE);
        RunningReceive first = bench.receive();
        Cable cable = bench.keep(Cable.to(first.port()));
        Path elsewhere = bench.path("elsewhere");
        RunningReceive stranger = bench.receive(
                Command.receive("--json", "--dir", elsewhere, "--listen", "127.0.0.1:0")
                        .as(bench.person("stranger")),
                elsewhere);
        RunningProcess send = bench.start(sending("--limit", "5MB/s", file, cable.endpoint()));
        first.awaitEvents("started", 1);

        cable.leadTo(stranger.port());
        cable.cutOnce();

        assertThat(send.awaitEnd().expect(5).event("stopped").text("code")).isEqualTo("key_changed");
        stranger.stop().expect(0);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void provesACodeForOneTransferAgain() {
        Path file = bench.file("file", LARGE);
        RunningReceive receive = bench.receive("--code");
        Path code = bench.secret("code", receive.listening().text("code"));
        Cable cable = bench.keep(Cable.to(receive.port()));
        RunningProcess send = bench.start(sending("--limit", "20MB/s", "--code-file", code, file, cable.endpoint()));
        receive.awaitEvents("started", 1);

        cable.cutAfter(1_000_000);

        send.awaitEnd().expect(0);
        receive.process().awaitEnd().expect(0);
        assertThat(receive.folder().resolve("file")).hasSameBinaryContentAs(file);
    }

    @Test
    void givesUpAfterSoManyAttemptsAndSaysHowToGoOn() {
        Path file = bench.file("file", LARGE);
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--retries", "2", "--retry-wait", "50ms")
                .and("--limit", "5MB/s", file, receive.endpoint()));
        receive.awaitEvents("started", 1);

        receive.process().signal("KILL");

        Result sent = send.awaitEnd().expect(4);
        assertThat(sent.errors())
                .contains("; reconnecting in ", "(1 of 2)", "(2 of 2)", "connection refused")
                .contains("hint: give the same command again");
    }

    @Test
    void standardInputCannotBeSentAgain() {
        RunningReceive receive = bench.receive();
        Cable cable = bench.keep(Cable.to(receive.port()));
        RunningProcess send = bench.start(
                bench.sending("--limit", "5MB/s", "-", cable.endpoint()).from(bench.file("file", LARGE)));
        receive.awaitEvents("started", 1);

        cable.cutAfter(1_000_000);

        assertThat(send.awaitEnd().expect(4).errors()).contains("what comes from standard input cannot be sent again");
    }

    private static String keyOf(RunningReceive receive) {
        return receive.listening().text("key");
    }

    private static void requireArrivedFile(Path file, RunningReceive receive) {
        receive.stop().expect(0);
        assertThat(receive.received()).containsExactly(file.getFileName().toString());
        assertThat(receive.folder().resolve(file.getFileName())).hasSameBinaryContentAs(file);
    }
}
