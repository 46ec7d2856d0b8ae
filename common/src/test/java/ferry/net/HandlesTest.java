package ferry.net;

import static ferry.net.Peers.LONG;
import static ferry.net.Peers.bytes;
import static ferry.net.Peers.readAll;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens when a process runs out of file handles; the process is a real one, with few of them. */
@Timeout(120)
class HandlesTest {
    private static final int HANDLES = 100;

    /**
     * A server of random numbers, as a process: takes how many handles it needs for each connection and how many it uses up before,
     * and says on standard output where it listens and what its listener hears.
     */
    static final class Server {
        private Server() {}

        public static void main(String[] arguments) throws Exception {
            AcceptOptions options = new AcceptOptions(1000, 1000, Integer.parseInt(arguments[0]));
            List<InputStream> used = new ArrayList<>();
            for (int i = Integer.parseInt(arguments[1]); i > 0; i--) {
                used.add(new FileInputStream("/dev/null"));
            }
            RandomNumberServer numbers = new RandomNumberServer();
            Places places = Places.of(options);
            try (Acceptor acceptor =
                    Acceptor.open(Peers.endpoints("127.0.0.1:0"), options.backlog(), places, numbers, new Talker())) {
                System.out.println("listens " + acceptor.endpoints().getFirst() + " for " + places.served());
                System.in.read();
            }
            for (InputStream file : used) {
                file.close();
            }
        }

        private static final class Talker implements AcceptListener {
            @Override
            public void paused(Endpoint endpoint, String why) {
                System.out.println("paused " + why);
            }

            @Override
            public void resumed(Endpoint endpoint) {
                System.out.println("resumed");
            }

            @Override
            public void crowded() {}

            @Override
            public void failed(String peer, Throwable problem) {
                // The clients of this test leave without a word.
            }
        }
    }

    /** The running process; what it says is collected as it comes. */
    private record Running(Process process, Queue<String> said) implements AutoCloseable {
        static Running start(int handlesPerConnection, int handlesUsed) throws IOException {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            List<String> command =
                    new ArrayList<>(List.of("sh", "-c", "ulimit -n " + HANDLES + " && exec \"$@\"", "sh", java));
            command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
            command.addAll(List.of(Server.class.getName(), "" + handlesPerConnection, "" + handlesUsed));
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Queue<String> said = new ConcurrentLinkedQueue<>();
            Thread.ofVirtual().start(() -> process.inputReader(UTF_8).lines().forEach(said::add));
            await().atMost(LONG).until(() -> !said.isEmpty());
            return new Running(process, said);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    void anAcceptorWithoutHandlesWaitsSaysSoOnceAndGoesOn() throws Exception {
        try (Running server = Running.start(1, HANDLES - 40)) {
            Endpoint endpoint = Endpoint.parseTarget(server.said().remove().split(" ", -1)[1]);
            // Loads the classes: from a folder, as here, each needs a handle, and one that could not be loaded stays
            // lost.
            assertThat(ask(endpoint)).isEqualTo(RandomNumberServer.numbers(5, 5));
            flood(endpoint, server.said(), HANDLES);
            assertThat(server.said()).containsExactly("paused too many open files");
            await().ignoreExceptions().atMost(LONG).untilAsserted(() -> {
                assertThat(ask(endpoint)).isEqualTo(RandomNumberServer.numbers(5, 5));
                assertThat(server.said()).containsExactly("paused too many open files", "resumed");
            });
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    @Test
    void noMoreConnectionsAreServedThanThereAreHandlesFor() throws Exception {
        try (Running server = Running.start(4, 0)) {
            assertThat(server.said().remove()).endsWith(" for " + (HANDLES - AcceptOptions.OTHER_HANDLES) / 4);
        }
    }

    @Test
    void readsTheLimitFromProc() {
        assertThat(HandleLimit.parse(List.of(
                        "Limit                     Soft Limit           Hard Limit           Units     ",
                        "Max open files            1024                 524288               files     ")))
                .isEqualTo(1024);
        assertThat(HandleLimit.parse(
                        List.of("Max open files            unlimited            unlimited            files     ")))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(HandleLimit.parse(List.of())).isEqualTo(10_240);
        assertThat(AcceptOptions.DEFAULT.servable(Long.MAX_VALUE)).isEqualTo(1000);
        assertThat(AcceptOptions.DEFAULT.servable(3)).isEqualTo(1);
    }

    private static void flood(Endpoint endpoint, Queue<String> said, int clients) throws IOException {
        Endpoint.Tcp tcp = (Endpoint.Tcp) endpoint;
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                silent.add(SocketChannel.open(new InetSocketAddress(tcp.host(), tcp.port())));
            }
            await().atMost(LONG).until(() -> !said.isEmpty());
        } finally {
            for (SocketChannel client : silent) {
                client.close();
            }
        }
    }

    private static String ask(Endpoint endpoint) throws Exception {
        try (Connection connection = Peers.connect(endpoint)) {
            connection.write(bytes("5 5\n"));
            return readAll(connection);
        }
    }
}
