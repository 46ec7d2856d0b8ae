package ferry.net;

import static ferry.net.Peers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets a place and who loses it, with connections from several addresses of this machine. */
@Timeout(60)
class PlacesTest {
    private static final int SERVED = 4;
    private static final int ARRIVING = SERVED / 2 + Places.AT_THE_DOOR;
    private static final Duration SOON = Duration.ofMillis(500);

    private final Places places = Places.of(new AcceptOptions(1, SERVED, 1));
    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger crowded = new AtomicInteger();
    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    /** Somebody at the door, for whom a thread reads. */
    private record Guest(Connection connection, SocketChannel theirs, CompletableFuture<Void> gone) {
        void say() throws IOException {
            theirs.write(ByteBuffer.wrap(new byte[1]));
        }

        boolean isHere() {
            return !gone.isDone();
        }
    }

    private Guest arrive(String address) throws IOException {
        SocketChannel theirs = SocketChannel.open().bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
        theirs.connect(server.getLocalAddress());
        Connection connection = Connection.over(server.accept());
        open.add(theirs);
        open.add(connection);
        return new Guest(connection, theirs, new CompletableFuture<>());
    }

    private Guest silent(String address) throws Exception {
        Guest guest = arrive(address);
        assertThat(places.enter(guest.connection(), crowded::incrementAndGet)).isTrue();
        Thread.ofVirtual().start(() -> {
            try {
                while (guest.connection().read(ByteBuffer.allocate(1)) >= 0) {}
            } catch (IOException e) {
                // Sent away.
            }
            guest.gone().complete(null);
        });
        await().pollInterval(Duration.ofMillis(2))
                .until(() -> guest.connection().silence().isPositive());
        return guest;
    }

    private List<Guest> silent(String address, int count) throws Exception {
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            guests.add(silent(address));
        }
        return guests;
    }

    private Duration timeToEnter(Guest guest) throws InterruptedException {
        long begin = System.nanoTime();
        assertThat(places.enter(guest.connection(), crowded::incrementAndGet)).isTrue();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static void awaitGone(Guest guest) {
        await().atMost(LONG).until(() -> !guest.isHere());
    }

    private static void awaitPatienceEnded() {
        await().pollDelay(Places.PATIENCE).until(() -> true);
    }

    @Test
    void whoComesTakesThePlaceOfWhoHasSaidNothingForLongest() throws Exception {
        List<Guest> silent = silent("127.0.0.1", ARRIVING);
        Guest newcomer = arrive("127.0.0.1");

        assertThat(timeToEnter(newcomer)).isLessThan(Places.LONGEST);

        awaitGone(silent.getFirst());
        assertThat(silent.subList(1, ARRIVING)).allMatch(Guest::isHere);
        assertThat(crowded).hasValue(1);
    }

    @Test
    void aByteNowAndThenKeepsNoPlace() throws Exception {
        List<Guest> slow = silent("127.0.0.1", ARRIVING);
        for (int i = 0; i < 30; i++) {
            for (Guest guest : slow) {
                guest.say();
            }
            LockSupport.parkNanos(100_000_000);
        }

        assertThat(timeToEnter(arrive("127.0.0.1"))).isLessThan(SOON);
    }

    @Test
    void whoseTurnItIsNotIsLeftInPeaceForAWhile() throws Exception {
        for (int i = 0; i < ARRIVING; i++) {
            // Nobody reads: as if we were busy with them.
            timeToEnter(arrive("127.0.0.1"));
        }
        assertThat(timeToEnter(arrive("127.0.0.1"))).isGreaterThan(Places.PATIENCE.plusSeconds(2));
    }

    @Test
    void anAddressThatTakesMoreThanItsShareGivesWayToAnotherAtOnce() throws Exception {
        List<Guest> crowd = silent("127.0.0.2", ARRIVING - 1);
        Guest other = silent("127.0.0.3");

        assertThat(timeToEnter(arrive("127.0.0.1"))).isLessThan(SOON);

        awaitGone(crowd.getFirst());
        assertThat(other.isHere()).isTrue();
    }

    @Test
    void theAddressWithTheMostLosesFirst() throws Exception {
        Guest oldest = silent("127.0.0.3");
        List<Guest> crowd = silent("127.0.0.2", ARRIVING / 2);
        List<Guest> others = silent("127.0.0.4", ARRIVING - 1 - ARRIVING / 2);

        awaitPatienceEnded();
        timeToEnter(arrive("127.0.0.1"));

        awaitGone(crowd.getFirst());
        assertThat(oldest.isHere()).isTrue();
        assertThat(others).allMatch(Guest::isHere);
    }

    @Test
    void whoHasProvedSomethingStaysAndMakesRoomAtTheDoor() throws Exception {
        List<Guest> guests = silent("127.0.0.1", ARRIVING);
        for (Guest guest : guests.subList(0, SERVED)) {
            assertThat(places.proved(guest.connection())).isTrue();
        }
        for (int i = 0; i < SERVED; i++) {
            assertThat(timeToEnter(arrive("127.0.0.1"))).isLessThan(SOON);
        }
        timeToEnter(arrive("127.0.0.1"));

        awaitGone(guests.get(SERVED));
        assertThat(places.proved(guests.get(SERVED).connection())).isFalse();
        assertThat(guests.subList(0, SERVED)).allMatch(Guest::isHere);
    }

    @Test
    void whoIsRefusedLeavesFirst() throws Exception {
        Guest refused = silent("127.0.0.1");
        List<Guest> guests = silent("127.0.0.1", ARRIVING - 1);
        assertThat(places.proved(refused.connection())).isTrue();
        places.refused(refused.connection());

        assertThat(timeToEnter(arrive("127.0.0.1"))).isLessThan(SOON);

        awaitGone(refused);
        assertThat(guests).allMatch(Guest::isHere);
    }

    @Test
    void whoWaitsIsToldThatThereWillBeNoPlace() throws Exception {
        for (int i = 0; i < ARRIVING; i++) {
            timeToEnter(arrive("127.0.0.1"));
        }
        Guest late = arrive("127.0.0.1");
        CompletableFuture<Boolean> entered = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                entered.complete(places.enter(late.connection(), () -> {}));
            } catch (InterruptedException e) {
                entered.completeExceptionally(e);
            }
        });
        places.stop();
        assertThat(entered.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join()).isFalse();
    }

    @Test
    void furtherStreamsTakeHalfOfThePlaces() throws Exception {
        for (int i = 0; i < 15; i++) {
            Guest stream = arrive("127.0.0.1");
            assertThat(places.enter(stream.connection(), crowded::incrementAndGet))
                    .isTrue();
            assertThat(places.joined(stream.connection())).isTrue();
        }
        Guest more = arrive("127.0.0.1");
        assertThat(places.enter(more.connection(), crowded::incrementAndGet)).isTrue();
        assertThat(places.joined(more.connection())).isFalse();
        assertThat(places.proved(more.connection())).isTrue();
        places.leave(more.connection());
        assertThat(crowded).hasValue(0);
    }

    @Test
    void aFurtherStreamLeavesWhenTransfersAndStreamsHaveTakenAllPlaces() throws Exception {
        Guest stream = arrive("127.0.0.1");
        assertThat(places.enter(stream.connection(), crowded::incrementAndGet)).isTrue();
        assertThat(places.joined(stream.connection())).isTrue();
        for (int i = 1; i < SERVED + Places.AT_THE_DOOR + places.waiting(); i++) {
            Guest transfer = arrive("127.0.0.1");
            assertThat(places.enter(transfer.connection(), crowded::incrementAndGet))
                    .isTrue();
            assertThat(places.proved(transfer.connection())).isTrue();
        }
        assertThat(crowded).hasValue(0);
        assertThat(stream.connection().isOpen()).isTrue();

        assertThat(places.enter(arrive("127.0.0.2").connection(), crowded::incrementAndGet))
                .isTrue();

        assertThat(crowded).hasValue(1);
        assertThat(stream.connection().isOpen()).isFalse();
    }
}
