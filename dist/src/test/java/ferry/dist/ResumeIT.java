package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Programs that are killed in the middle, and the same command once more. */
final class ResumeIT {
    private static final int CHUNK = 8 << 20;
    private static final int SIZE = 64 << 20;

    /** As fast as lets us kill somebody in the middle. */
    private static final String SPEED = "10MB/s";

    @RegisterExtension
    private final Bench bench = new Bench();

    private Path file = Path.of("");

    @BeforeEach
    void makeASource() {
        file = bench.file("disk.img", SIZE);
    }

    /** Waits until at least so many bytes are in staging in whole chunks; finds out often, since nobody waits for us. */
    static Path awaitStaged(Path out, long bytes) {
        await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> content(out).map(ResumeIT::size).orElse(0L) >= bytes + CHUNK);
        return content(out).orElseThrow();
    }

    private static Optional<Path> content(Path out) {
        if (!Files.isDirectory(out.resolve(".ferry"))) {
            return Optional.empty();
        }
        try (Stream<Path> paths = Files.walk(out.resolve(".ferry"))) {
            return paths.filter(path -> path.endsWith("content")).findFirst();
        } catch (IOException | UncheckedIOException e) {
            // The receiver is at work there.
            return Optional.empty();
        }
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    /** What {@code --list-partial} says. */
    private long journalled(Path out) {
        return Files.isDirectory(out)
                ? Command.receive("--json", "--list-partial", "--dir", out).run().expect(0).events("partial").stream()
                        .mapToLong(partial -> partial.number("bytes"))
                        .sum()
                : 0;
    }

    /** The same command without its limit must move no more than what is missing, and one chunk that was under way. */
    private void sendTheRest(RunningReceive receive, long kept) {
        Result sent = bench.send("--json", file, receive.endpoint()).expect(0);
        assertThat(sent.event("entry").text("outcome")).isEqualTo("placed");
        assertThat(sent.event("finished").number("moved")).isLessThanOrEqualTo(SIZE - kept);
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("disk.img")).hasSameBinaryContentAs(file);
        assertThat(receive.folder().resolve(".ferry")).doesNotExist();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aReceiverThatWasKilledAndOneThatTakesOver() {
        RunningReceive killed = bench.receive();
        RunningProcess send = bench.start(bench.sending("--limit", SPEED, file, killed.endpoint()));
        awaitStaged(killed.folder(), SIZE / 3);
        killed.process().signal("KILL");
        send.close();

        long kept = journalled(killed.folder());
        assertThat(kept).isGreaterThanOrEqualTo(SIZE / 3);
        assertThat(killed.received()).isEmpty();
        sendTheRest(bench.receive(), kept);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aSenderThatWasKilled() {
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--limit", SPEED, file, receive.endpoint()));
        awaitStaged(receive.folder(), SIZE / 3);
        send.signal("KILL");
        receive.awaitFinished();

        sendTheRest(receive, journalled(receive.folder()));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aReceiverThatWasAskedToStop() {
        RunningReceive stopped = bench.receive("--grace", "0s");
        RunningProcess send = bench.start(bench.sending("--limit", SPEED, file, stopped.endpoint()));
        awaitStaged(stopped.folder(), SIZE / 3);
        stopped.stop().expect(143);
        send.close();

        sendTheRest(bench.receive(), journalled(stopped.folder()));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void withoutEncryptionToo() {
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--plain", "--limit", SPEED, file, receive.endpoint()));
        awaitStaged(receive.folder(), SIZE / 3);
        send.signal("KILL");
        receive.awaitFinished();

        long kept = journalled(receive.folder());
        Result sent = bench.send("--plain", "--json", file, receive.endpoint()).expect(0);
        assertThat(sent.event("finished").number("moved")).isLessThanOrEqualTo(SIZE - kept);
        assertThat(receive.folder().resolve("disk.img")).hasSameBinaryContentAs(file);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void somebodyElsesTransferFindsNothing() {
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--limit", SPEED, file, receive.endpoint()));
        awaitStaged(receive.folder(), SIZE / 3);
        send.signal("KILL");
        receive.awaitFinished();

        Result other = Command.send("--json", file, receive.endpoint())
                .as(bench.person("somebody else"))
                .run()
                .expect(0);
        assertThat(other.event("finished").number("moved")).isEqualTo(SIZE);
        assertThat(journalled(receive.folder())).isPositive();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void stagingThatWasDamagedMeanwhile() throws IOException {
        RunningReceive killed = bench.receive();
        RunningProcess send = bench.start(bench.sending("--limit", SPEED, file, killed.endpoint()));
        Path content = awaitStaged(killed.folder(), SIZE / 3);
        killed.process().signal("KILL");
        send.close();
        change(content, CHUNK + 17);

        sendTheRest(bench.receive(), journalled(killed.folder()) - CHUNK);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aTree() throws IOException {
        Path tree = bench.directory("tree");
        for (int i = 0; i < 20; i++) {
            bench.file("tree/small/" + i, 1000 * i);
        }
        bench.file("tree/sub/deep/large", SIZE);
        Files.setPosixFilePermissions(tree.resolve("small"), PosixFilePermissions.fromString("rwxr-x--x"));
        for (String directory : new String[] {"small", "sub/deep", "sub", ""}) {
            Files.setLastModifiedTime(tree.resolve(directory), FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
        }
        RunningReceive killed = bench.receive();
        RunningProcess send = bench.start(bench.sending("--limit", SPEED, tree, killed.endpoint()));
        awaitStaged(killed.folder(), SIZE / 3);
        killed.process().signal("KILL");
        send.close();

        long kept = journalled(killed.folder());
        RunningReceive receive = bench.receive();
        Result sent = bench.send("--json", tree, receive.endpoint()).expect(0);
        assertThat(sent.event("finished").number("moved")).isLessThanOrEqualTo(SIZE - kept + 200_000);
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder().resolve("tree"))).isEqualTo(Tree.of(tree));
        assertThat(receive.folder().resolve(".ferry")).doesNotExist();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anImageInWhichThreeBytesDiffer() throws IOException {
        RunningReceive receive = bench.receive("--on-conflict", "overwrite");
        bench.send(file, receive.endpoint()).expect(0);
        change(file, 0);
        change(file, 5 * CHUNK + 100);
        change(file, SIZE - 1);

        Result sent = bench.send("--json", file, receive.endpoint()).expect(0);
        assertThat(sent.event("finished").number("moved")).isLessThanOrEqualTo(3L * CHUNK);
        assertThat(receive.folder().resolve("disk.img")).hasSameBinaryContentAs(file);
        assertThat(receive.received()).containsExactly("disk.img");
    }

    private static void change(Path path, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
            bytes.seek(offset);
            int old = bytes.read();
            bytes.seek(offset);
            bytes.write(old + 1);
        }
    }
}
