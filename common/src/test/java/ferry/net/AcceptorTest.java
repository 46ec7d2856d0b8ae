package ferry.net;

import static ferry.net.Peers.LONG;
import static ferry.net.Peers.bytes;
import static ferry.net.Peers.connect;
import static ferry.net.Peers.endpoints;
import static ferry.net.Peers.readAll;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AcceptorTest {
    private static final ConnectionHandler NEVER = connection -> {
        throw new AssertionError("nobody should come here");
    };

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AcceptListener listener = new AcceptListener() {
        @Override
        public void paused(Endpoint endpoint, String why) {
            failures.add(new IOException(why));
        }

        @Override
        public void resumed(Endpoint endpoint) {}

        @Override
        public void crowded() {}

        @Override
        public void failed(String peer, Throwable problem) {
            failures.add(problem);
        }
    };

    @Test
    void anotherHandlerServesTwoHundredClientsAtOnce() throws Exception {
        int clients = 200;
        CountDownLatch allConnected = new CountDownLatch(clients);
        RandomNumberServer numbers = new RandomNumberServer();
        ConnectionHandler handler = connection -> {
            allConnected.countDown();
            // Nobody is answered before everybody is here, so they really are served at once.
            assertThat(allConnected.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            numbers.handle(connection);
        };
        try (Acceptor acceptor = listen("127.0.0.1:0", handler);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                long seed = i;
                answers.add(threads.submit(() -> ask(only(acceptor), seed, 2000)));
            }
            for (int i = 0; i < clients; i++) {
                assertThat(answers.get(i).get()).as("client %s", i).isEqualTo(RandomNumberServer.numbers(i, 2000));
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void netcatGetsItsNumbers() throws Exception {
        try (Acceptor acceptor = listen("127.0.0.1:0", new RandomNumberServer())) {
            Endpoint.Tcp tcp = (Endpoint.Tcp) only(acceptor);
            Process netcat = new ProcessBuilder("nc", "-N", tcp.host(), String.valueOf(tcp.port())).start();
            netcat.outputWriter(US_ASCII).append("42 1000\n").close();
            String answer = new String(netcat.getInputStream().readAllBytes(), US_ASCII);
            assertThat(netcat.waitFor()).isZero();
            assertThat(answer).isEqualTo(RandomNumberServer.numbers(42, 1000));
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void oneConnectionFailingInAnyWayLeavesTheOthersAlone() throws Exception {
        AtomicInteger turn = new AtomicInteger();
        RandomNumberServer numbers = new RandomNumberServer();
        ConnectionHandler handler = connection -> {
            // So that the client is through with connecting, and meets the failure afterwards.
            connection.peek();
            switch (turn.getAndIncrement()) {
                case 0 -> throw new IOException("gone");
                case 1 -> throw new IllegalStateException("a bug");
                case 2 -> throw new StackOverflowError("too deep");
                case 3 -> throw new OutOfMemoryError("not really");
                default -> numbers.handle(connection);
            }
        };
        try (Acceptor acceptor = listen("127.0.0.1:0", handler)) {
            for (int i = 0; i < 4; i++) {
                // An abort and not an end of stream: a classic sender would take that for success.
                assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> ask(only(acceptor), 1, 1));
            }
            assertThat(ask(only(acceptor), 7, 3)).isEqualTo(RandomNumberServer.numbers(7, 3));
        }
        assertThat(failures)
                .extracting(Throwable::getMessage)
                .containsExactlyInAnyOrder("gone", "a bug", "too deep", "not really");
    }

    @Test
    void aRestartBindsTheSamePortAtOnce() throws Exception {
        Endpoint endpoint;
        try (Acceptor first = listen("127.0.0.1:0", new RandomNumberServer())) {
            endpoint = only(first);
            // The server closes first, so that its side of the connection lingers in TIME_WAIT.
            assertThat(ask(endpoint, 1, 1)).isNotEmpty();
        }
        try (Acceptor second = listen(endpoint.toString(), new RandomNumberServer())) {
            assertThat(only(second)).isEqualTo(endpoint);
            assertThat(ask(endpoint, 2, 2)).isEqualTo(RandomNumberServer.numbers(2, 2));
        }
    }

    @Test
    void listensOnSeveralEndpointsAtOnce() throws Exception {
        List<Endpoint> both = endpoints("127.0.0.1:0", "[::1]:0");
        try (Acceptor acceptor = listen(both, new RandomNumberServer())) {
            assertThat(acceptor.endpoints()).hasSize(2);
            for (Endpoint endpoint : acceptor.endpoints()) {
                assertThat(ask(endpoint, 3, 2)).isEqualTo(RandomNumberServer.numbers(3, 2));
            }
        }
    }

    @Test
    void anyAddressTakesBothFamilies() throws Exception {
        try (Acceptor acceptor = listen(":0", new RandomNumberServer())) {
            Endpoint.Tcp any = (Endpoint.Tcp) only(acceptor);
            assertThat(any.isAnyHost()).isTrue();
            for (String host : List.of("127.0.0.1", "::1")) {
                assertThat(ask(new Endpoint.Tcp(host, any.port()), 1, 2)).isEqualTo(RandomNumberServer.numbers(1, 2));
            }
        }
    }

    @Test
    void theIpv4AnyAddressTakesOnlyIpv4() throws Exception {
        try (Acceptor acceptor = listen("0.0.0.0:0", new RandomNumberServer())) {
            int port = ((Endpoint.Tcp) only(acceptor)).port();
            assertThat(ask(new Endpoint.Tcp("127.0.0.1", port), 1, 2)).isEqualTo(RandomNumberServer.numbers(1, 2));
            assertThatExceptionOfType(TransferException.class)
                    .isThrownBy(() -> connect(new Endpoint.Tcp("::1", port)).close());
        }
    }

    @Test
    void aTakenPortIsAnErrorWithAHint() throws Exception {
        try (Acceptor acceptor = listen("127.0.0.1:0", new RandomNumberServer())) {
            String taken = only(acceptor).toString();
            TransferException e = catchThrowableOfType(
                    TransferException.class, () -> listen(taken, NEVER).close());
            assertThat(e.code()).isEqualTo(ErrorCode.LISTEN_FAILED);
            assertThat(e).hasMessage(taken + ": cannot listen, address already in use");
            assertThat(e.hints())
                    .containsExactly(
                            "another program listens there; let the system choose a free port: receive --listen :0");
        }
    }

    @Test
    void ifOneEndpointCannotBeHadNoneIsKept() throws Exception {
        try (Acceptor acceptor = listen("127.0.0.1:0", new RandomNumberServer())) {
            String free = Peers.freeEndpoint().toString();
            List<Endpoint> freeAndTaken = endpoints(free, only(acceptor).toString());
            assertThatExceptionOfType(TransferException.class)
                    .isThrownBy(() -> listen(freeAndTaken, NEVER).close());
            listen(free, NEVER).close();
        }
    }

    @Test
    void stoppingLetsRunningConnectionsFinish() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        ConnectionHandler handler = connection -> {
            inside.countDown();
            mayEnd.await();
            connection.write(bytes("done"));
        };
        try (Acceptor acceptor = listen("127.0.0.1:0", handler);
                Connection client = connect(only(acceptor))) {
            inside.await();
            acceptor.stopAccepting();
            assertThat(acceptor.awaitIdle(Duration.ofMillis(1))).isFalse();
            assertThatExceptionOfType(TransferException.class)
                    .isThrownBy(() -> connect(only(acceptor)).close());
            mayEnd.countDown();
            assertThat(readAll(client)).isEqualTo("done");
            assertThat(acceptor.awaitIdle(LONG)).isTrue();
        }
    }

    @Test
    void closingConnectionsEndsHandlersThatWaitForTheirPeers() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        ConnectionHandler handler = connection -> {
            inside.countDown();
            readAll(connection);
        };
        try (Acceptor acceptor = listen("127.0.0.1:0", handler);
                Connection client = connect(only(acceptor))) {
            inside.await();
            acceptor.closeConnections();
            assertThat(acceptor.awaitIdle(LONG)).isTrue();
            assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> readAll(client));
        }
    }

    private Acceptor listen(String endpoint, ConnectionHandler handler) throws TransferException {
        return listen(endpoints(endpoint), handler);
    }

    private Acceptor listen(List<Endpoint> endpoints, ConnectionHandler handler) throws TransferException {
        return Acceptor.open(endpoints, 100, Places.of(AcceptOptions.DEFAULT), handler, listener);
    }

    private static Endpoint only(Acceptor acceptor) {
        return acceptor.endpoints().getFirst();
    }

    private static String ask(Endpoint endpoint, long seed, int count) throws Exception {
        try (Connection connection = connect(endpoint)) {
            connection.write(bytes(seed + " " + count + "\n"));
            return readAll(connection);
        }
    }
}
