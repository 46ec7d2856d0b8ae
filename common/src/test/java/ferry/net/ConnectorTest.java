package ferry.net;

import static ferry.net.Peers.LONG;
import static ferry.net.Peers.bytes;
import static ferry.net.Peers.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConnectorTest {
    private static final ConnectionHandler GREETER = connection -> connection.write(bytes("hi"));

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final ConnectListener listener = new ConnectListener() {
        @Override
        public void waiting(Endpoint target, String why, Duration longest) {
            told.add("waiting: " + why);
        }

        @Override
        public void connected(Endpoint target, String peer) {
            told.add("connected: " + peer);
        }
    };

    @TempDir
    Path folder;

    @Test
    void aRefusedConnectionComesWithWhatCanBeDone() throws Exception {
        Endpoint.Tcp free = Peers.freeEndpoint();
        TransferException e = catchThrowableOfType(TransferException.class, () -> connect(free, Backoff.none()));
        assertThat(e.code()).isEqualTo(ErrorCode.CONNECT_FAILED);
        assertThat(e).hasMessage(free + ": connection refused");
        assertThat(e.hints())
                .containsExactly(
                        "is receive running there? start it with: receive --listen :" + free.port(),
                        "retry with --wait 60s");
        assertThat(told).isEmpty();
    }

    @Test
    void everyAddressIsTriedAndTheOneThatAnswersIsUsed() throws Exception {
        try (Acceptor acceptor = accept("127.0.0.1:0")) {
            int port = portOf(acceptor);
            Connector connector = connector(LONG, AddressFamily.ANY, "::1", "127.0.0.2", "127.0.0.1");
            try (Connection connection = connector.connect(new Endpoint.Tcp("host.test", port), Backoff.none())) {
                assertThat(connection.peer()).isEqualTo("127.0.0.1:" + port);
                assertThat(readAll(connection)).isEqualTo("hi");
            }
        }
    }

    @Test
    void whenNoAddressAnswersEachIsListed() throws Exception {
        int port = Peers.freeEndpoint().port();
        Connector connector = connector(LONG, AddressFamily.ANY, "127.0.0.1", "127.0.0.2", "::1");
        TransferException e = catchThrowableOfType(
                TransferException.class, () -> connector.connect(new Endpoint.Tcp("host.test", port), Backoff.none()));
        assertThat(e)
                .hasMessage("host.test:%1$d: 127.0.0.1:%1$d connection refused; [::1]:%1$d connection refused;"
                                .formatted(port)
                        + " 127.0.0.2:%d connection refused".formatted(port));
    }

    @Test
    void onlyTheWantedFamilyIsTried() throws Exception {
        int port = Peers.freeEndpoint().port();
        Endpoint target = new Endpoint.Tcp("host.test", port);
        Connector six = connector(LONG, AddressFamily.IPV6, "127.0.0.1", "::1");
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> six.connect(target, Backoff.none()))
                .withMessage("host.test:%1$d: [::1]:%1$d connection refused".formatted(port));
        Connector none = connector(LONG, AddressFamily.IPV4, "::1");
        TransferException e =
                catchThrowableOfType(TransferException.class, () -> none.connect(target, Backoff.within(LONG)));
        assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
        assertThat(e).hasMessage("host.test: has no IPv4 address");
        assertThat(e.hints()).containsExactly("leave out -4");
    }

    @Test
    void aSilentAddressTakesOnlyItsShareOfTheTime() throws Exception {
        // Its queue is full, so the system drops what asks for a connection.
        try (ServerSocketChannel silent = ServerSocketChannel.open();
                Acceptor acceptor = accept("127.0.0.1:0")) {
            int port = portOf(acceptor);
            silent.bind(new InetSocketAddress("127.0.0.2", port), 1);
            List<SocketChannel> fillers = fill(silent);
            Connector connector = connector(Duration.ofSeconds(2), AddressFamily.ANY, "127.0.0.2", "127.0.0.1");
            try (Connection connection = connector.connect(new Endpoint.Tcp("host.test", port), Backoff.none())) {
                assertThat(connection.peer()).isEqualTo("127.0.0.1:" + port);
            }
            Connector alone = connector(Duration.ofMillis(300), AddressFamily.ANY, "127.0.0.2");
            TransferException e = catchThrowableOfType(
                    TransferException.class, () -> alone.connect(new Endpoint.Tcp("127.0.0.2", port), Backoff.none()));
            assertThat(e).hasMessage("127.0.0.2:" + port + ": no answer in time");
            assertThat(e.hints())
                    .containsExactly(
                            "does a firewall drop the packets? port " + port + " must be open there",
                            "retry with --wait 60s");
            for (SocketChannel filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void waitsUntilTheReceiverIsThereAndSaysSoOnce() throws Exception {
        Endpoint.Tcp later = Peers.freeEndpoint();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Connection> connecting = threads.submit(() -> connect(later, Backoff.within(LONG)));
            await().during(Duration.ofMillis(500))
                    .atMost(LONG)
                    .until(() -> told.equals(List.of("waiting: connection refused")));
            try (Acceptor acceptor = accept(later.toString());
                    Connection connection = connecting.get()) {
                assertThat(acceptor.endpoints()).containsExactly(later);
                assertThat(readAll(connection)).isEqualTo("hi");
            }
        }
        assertThat(told).containsExactly("waiting: connection refused", "connected: " + later);
    }

    @Test
    void waitingEndsWithTheLastFailure() throws Exception {
        Endpoint.Tcp free = Peers.freeEndpoint();
        long start = System.nanoTime();
        TransferException e = catchThrowableOfType(
                TransferException.class, () -> connect(free, Backoff.within(Duration.ofMillis(400))));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        assertThat(e.hints())
                .containsExactly("is receive running there? start it with: receive --listen :" + free.port());
        assertThat(told).containsExactly("waiting: connection refused");
    }

    @Test
    void aNameThatAppearsLaterIsWaitedForToo() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        Connector.Resolver slow = host -> {
            if (lookups.incrementAndGet() < 3) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
        try (Acceptor acceptor = accept("127.0.0.1:0")) {
            Endpoint target = new Endpoint.Tcp("host.test", portOf(acceptor));
            Connector connector = new Connector(new ConnectOptions(LONG, AddressFamily.ANY), listener, slow);
            connector.connect(target, Backoff.within(LONG)).close();
        }
        assertThat(told).startsWith("waiting: unknown host").hasSize(2);
    }

    @Test
    void anUnknownHostIsAnErrorOfItsOwn() {
        Connector connector = new Connector(new ConnectOptions(LONG, AddressFamily.ANY), listener, host -> {
            throw new UnknownHostException(host);
        });
        TransferException e = catchThrowableOfType(
                TransferException.class, () -> connector.connect(new Endpoint.Tcp("host.test", 9), Backoff.none()));
        assertThat(e.code()).isEqualTo(ErrorCode.HOST_UNKNOWN);
        assertThat(e).hasMessage("host.test: unknown host");
        assertThat(e.hints()).startsWith("check the spelling, or use the receiver's IP address");
    }

    @Test
    void aNameServiceThatHangsIsNotWaitedForLonger() {
        CountDownLatch never = new CountDownLatch(1);
        Connector connector =
                new Connector(new ConnectOptions(Duration.ofMillis(200), AddressFamily.ANY), listener, host -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    throw new UnknownHostException(host);
                });
        assertThatExceptionOfType(TransferException.class)
                .isThrownBy(() -> connector.connect(new Endpoint.Tcp("host.test", 9), Backoff.none()))
                .withMessage("host.test: the name service did not answer in time");
        never.countDown();
    }

    @Test
    void anInterruptEndsTheWaiting() throws Exception {
        Endpoint.Tcp free = Peers.freeEndpoint();
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Connection> connecting = threads.submit(() -> connect(free, Backoff.within(LONG)));
            await().atMost(LONG).until(() -> !told.isEmpty());
            threads.shutdownNow();
            assertThat(connecting)
                    .failsWithin(LONG)
                    .withThrowableThat()
                    .withCauseInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void aMissingUnixSocketComesWithWhatCanBeDone() {
        Endpoint missing = new Endpoint.Unix(folder.resolve("none.sock"));
        TransferException e = catchThrowableOfType(TransferException.class, () -> connect(missing, Backoff.none()));
        assertThat(e).hasMessage(missing + ": no such file or directory");
        assertThat(e.hints())
                .containsExactly(
                        "is receive running there? start it with: receive --listen " + missing,
                        "retry with --wait 60s");
    }

    @Test
    void aFullQueueOfAUnixSocketIsWaitedForNoLongerThanTheTimeout() throws Exception {
        Endpoint.Unix full = new Endpoint.Unix(folder.resolve("full.sock"));
        List<SocketChannel> fillers = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.bind(UnixDomainSocketAddress.of(full.socket()), 1);
            fillers.add(SocketChannel.open(server.getLocalAddress()));
            fillers.add(SocketChannel.open(server.getLocalAddress()));
            Connector connector = connector(Duration.ofMillis(300), AddressFamily.ANY);
            // On a virtual thread, where the JDK alone would call it connected.
            Future<Connection> connecting = threads.submit(() -> connector.connect(full, Backoff.none()));
            assertThat(connecting)
                    .failsWithin(LONG)
                    .withThrowableThat()
                    .withMessageContaining(full + ": the receiver did not accept in time");
        } finally {
            for (SocketChannel filler : fillers) {
                filler.close();
            }
        }
    }

    private Acceptor accept(String endpoint) throws TransferException {
        return Acceptor.open(
                Peers.endpoints(endpoint), 100, Places.of(AcceptOptions.DEFAULT), GREETER, AcceptListener.NONE);
    }

    private static int portOf(Acceptor acceptor) {
        return ((Endpoint.Tcp) acceptor.endpoints().getFirst()).port();
    }

    private Connection connect(Endpoint target, Backoff backoff) throws TransferException, InterruptedException {
        return new Connector(new ConnectOptions(LONG, AddressFamily.ANY), listener).connect(target, backoff);
    }

    /** A connector for which every host has these addresses. */
    private Connector connector(Duration timeout, AddressFamily family, String... literals) {
        InetAddress[] addresses = new InetAddress[literals.length];
        for (int i = 0; i < literals.length; i++) {
            addresses[i] = InetAddress.ofLiteral(literals[i]);
        }
        return new Connector(new ConnectOptions(timeout, family), listener, host -> addresses);
    }

    /** Connects until the system answers no more. */
    private static List<SocketChannel> fill(ServerSocketChannel server) throws IOException {
        List<SocketChannel> fillers = new ArrayList<>();
        while (true) {
            SocketChannel filler = SocketChannel.open();
            fillers.add(filler);
            try {
                filler.socket().connect(server.getLocalAddress(), 200);
            } catch (SocketTimeoutException e) {
                return fillers;
            }
        }
    }
}
