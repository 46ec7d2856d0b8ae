package ferry.dist;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A record of what passes on the loopback interface to and from a port, made by {@code tcpdump}. Closing it ends it. */
final class Capture implements AutoCloseable {
    private static final String END = "the end of this capture";

    private final RunningProcess tcpdump;
    private final Path file;
    private final int port;

    private Capture(RunningProcess tcpdump, Path file, int port) {
        this.tcpdump = tcpdump;
        this.file = file;
        this.port = port;
    }

    /** Begins; a test is skipped where this is not permitted. */
    static Capture of(int port, Path file) {
        RunningProcess tcpdump = Command.of(
                        "tcpdump",
                        "-i",
                        "lo",
                        "-U",
                        "--immediate-mode",
                        "-B",
                        65536,
                        "-Z",
                        System.getProperty("user.name"))
                .and("-w", file, "port " + port)
                .start();
        await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !tcpdump.isAlive() || tcpdump.soFar().errors().contains("listening on"));
        Capture capture = new Capture(tcpdump, file, port);
        String errors = tcpdump.soFar().errors();
        assumeTrue(!errors.contains("permission"), "this user may not record what passes on the network: " + errors);
        return capture;
    }

    /** All that has passed until now, a character for each byte; then it ends. */
    String end() {
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] end = END.getBytes(StandardCharsets.US_ASCII);
            socket.send(new DatagramPacket(end, end.length, InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String captured = await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(this::content, content -> content.contains(END));
        tcpdump.signal("TERM");
        Result result = tcpdump.awaitEnd().expect(0);
        if (!result.errors().contains("\n0 packets dropped by kernel")) {
            throw new AssertionError("not all was recorded: " + result);
        }
        return captured;
    }

    private String content() {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        tcpdump.close();
    }
}
