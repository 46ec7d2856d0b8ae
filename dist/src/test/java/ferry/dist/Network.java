package ferry.dist;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A network for processes of their own, in which any address of 198.51.100.0/24 can be listened on, and whoever connects to one
 * comes from another address, as if it were another machine. Closing it ends it.
 */
final class Network implements AutoCloseable {
    /** One that can be listened on. */
    static final String ADDRESS = "198.51.100.7";

    private static final String UP = """
            ip link set lo up
            ip route replace local 198.51.100.0/24 dev lo src 192.0.2.1 table local
            """;

    private static final String SETTING = "ip address add 192.0.2.1/32 dev lo\n" + UP;

    private final RunningProcess holder;

    private Network(RunningProcess holder) {
        this.holder = holder;
    }

    /** A new network; a test is skipped where the system does not let this user have one. */
    static Network open() {
        RunningProcess holder = Command.of("sleep", "infinity")
                .after("set -e; " + SETTING.replace("\n", ";") + " echo ready")
                .under("unshare", "--user", "--map-root-user", "--net")
                .start();
        await().atMost(RunningProcess.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !holder.isAlive() || holder.soFar().output().contains("ready"));
        assumeTrue(holder.isAlive(), () -> "this user may not make a network: " + holder.soFar());
        return new Network(holder);
    }

    /** The same in this network. */
    Command with(Command command) {
        return command.under("nsenter", "--user", "--net", "--preserve-credentials", "--target", holder.pid());
    }

    /** From now on nothing gets through any more, and nobody is told so. */
    void down() {
        change("ip link set lo down");
    }

    /** The end of that. */
    void up() {
        change(UP);
    }

    private void change(String lines) {
        with(Command.of("sh", "-ec", lines)).run().expect(0);
    }

    /** The same in a world where only these hosts are known: lines of an address and a name. */
    static Command knowing(Path hosts, Command command) {
        return command.with("FERRY_JAVA_OPTS", "-Djdk.net.hosts.file=" + hosts);
    }

    @Override
    public void close() {
        holder.close();
    }
}
