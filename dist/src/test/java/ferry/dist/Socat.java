package ferry.dist;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A relay made of {@code socat}, on a free port of the loopback address. Closing it kills it. */
final class Socat implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on AF=2 127\\.0\\.0\\.1:(\\d+)");

    private final RunningProcess process;
    private final int port;

    private Socat(String listen, String connect) {
        process = Command.of("socat", "-d", "-d", listen, connect).start();
        process.closeInput();
        port = Integer.parseInt(await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> LISTENING.matcher(process.soFar().errors()), Matcher::find)
                .group(1));
    }

    /** Passes on what comes, as it is. */
    static Socat relay(int port) {
        return new Socat("TCP-LISTEN:0,bind=127.0.0.1,fork", "TCP:127.0.0.1:" + port);
    }

    /**
     * Sits in the middle: it speaks TLS with either side, under a key of its own, and sees all that passes.
     *
     * @param sender the certificate that it demands of whoever sends
     */
    static Socat inTheMiddle(int port, Path key, Path sender) {
        return new Socat(
                "OPENSSL-LISTEN:0,bind=127.0.0.1,fork,cert=" + key + ",verify=1,cafile=" + sender,
                "OPENSSL:127.0.0.1:" + port + ",verify=0,cert=" + key);
    }

    int port() {
        return port;
    }

    String endpoint() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.close();
    }
}
