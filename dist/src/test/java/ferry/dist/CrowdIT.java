package ferry.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** Many senders, many connections and many files, at a receiver that has little. */
@Isolated("it takes all there is of processors and memory")
final class CrowdIT {
    private static final int SENDERS = 200;

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    @Timeout(240)
    void twoHundredSendersAreServedAtOnce() throws IOException {
        String frugal = thatStartQuickly();
        RunningReceive receive = bench.receive();
        List<RunningProcess> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            // In plain: to begin TLS in two hundred processes at once takes two cores longer than all the rest of this
            // test.
            senders.add(bench.start(bench.sending("--plain", "--quiet", "--name", "file-" + i, "-", receive.endpoint())
                    .with("FERRY_JAVA_OPTS", frugal)));
        }
        // All are in the middle of their transfer now: none can end before it is given the end of its input.
        receive.awaitEvents("started", SENDERS);
        assertThat(receive.process().soFar().events("finished")).isEmpty();

        for (int i = 0; i < SENDERS; i++) {
            senders.get(i).input().write(content(i).getBytes(UTF_8));
            senders.get(i).closeInput();
        }

        for (RunningProcess sender : senders) {
            sender.awaitEnd().expect(0);
        }
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).hasSize(SENDERS);
        for (int i = 0; i < SENDERS; i++) {
            assertThat(receive.folder().resolve("file-" + i)).hasContent(content(i));
        }
    }

    @Test
    void sendersOfTheSameNameAtTheSameTimeAllKeepTheirFiles() {
        RunningReceive receive = bench.receive();
        List<RunningProcess> senders = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Path file = bench.file("from-" + i + "/same", content(i));
            senders.add(bench.start(bench.sending(file, receive.endpoint())));
        }

        senders.forEach(sender -> sender.awaitEnd().expect(0));

        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).hasSize(10);
        assertThat(receive.folder()).isDirectoryContaining("glob:**same").isDirectoryContaining("glob:**same (9)");
    }

    @Test
    void twentyThousandFilesNeedLittleMemoryOnEitherSide() throws IOException {
        Path from = bench.roomyDirectory().resolve("from");
        for (int i = 0; i < 20_000; i++) {
            Path directory = from.resolve("directory-" + i / 100);
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("a-file-with-a-name-that-is-not-short-" + i), "content of " + i);
        }
        Path out = bench.roomyDirectory();
        String small = "-Xmx24m -XX:MaxDirectMemorySize=24m";
        RunningReceive receive = bench.receive(
                bench.receiving(out).and("--listen", "127.0.0.1:0").with("FERRY_JAVA_OPTS", small), out);

        Result sent = bench.sending("--json", from, receive.endpoint())
                .with("FERRY_JAVA_OPTS", small)
                .run()
                .expect(0);

        assertThat(sent.event("finished").number("files")).isEqualTo(20_000);
        assertThat(receive.process().peakMemory()).isLessThan(200L << 20);
        receive.stop().expect(0);
        assertThat(Tree.of(out)).isEqualTo(Tree.of(Objects.requireNonNull(from.getParent())));
    }

    @Test
    void aReceiverThatRunsOutOfFileHandlesSaysSoOnceAndGoesOn() throws IOException {
        Path out = bench.path("out");
        RunningReceive receive = bench.receive(
                bench.receiving(out).and("--listen", "127.0.0.1:0").after("ulimit -n 64"), out);
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                idle.add(new Socket(InetAddress.getLoopbackAddress(), receive.port()));
            }
            receive.awaitEvents("warning", 1);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }

        // Those that were closed may still be counted for a moment.
        await().atMost(RunningProcess.PATIENCE)
                .until(() -> bench.send("--quiet", bench.file("file", 100_000), receive.endpoint())
                                .status()
                        == 0);

        Result received = receive.stop().expect(0);
        assertThat(received.events("warning")).hasSize(1);
        assertThat(received.event("warning").text("text")).contains("connections");
        assertThat(received.errors()).isEmpty();
        assertThat(Tree.of(out)).containsOnlyKeys("file");
    }

    /** Options for Java with which so many processes start in half the time: they share what one has loaded before. */
    private String thatStartQuickly() {
        String small = "-XX:TieredStopAtLevel=1 -Xmx32m";
        Path archive = bench.path("send.jsa");
        RunningReceive receive = bench.receiveInto(bench.path("first"));
        bench.sending("--plain", "--quiet", "-", receive.endpoint())
                .with("FERRY_JAVA_OPTS", small + " -XX:ArchiveClassesAtExit=" + archive)
                .run()
                .expect(0);
        receive.stop().expect(0);
        return small + " -XX:SharedArchiveFile=" + archive;
    }

    private static String content(int sender) {
        return ("sender " + sender + "\n").repeat(1000);
    }
}
