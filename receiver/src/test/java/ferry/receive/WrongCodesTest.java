package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.AddressBlock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrongCodesTest {
    /** Time that passes only when somebody sleeps or a test says so; it begins shortly before it wraps around. */
    private static final class FakeClock implements WrongCodes.Clock {
        private long now = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();
        private Duration slept = Duration.ZERO;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void sleep(Duration time) {
            slept = slept.plus(time);
            now += time.toNanos();
        }

        void pass(Duration time) {
            now += time.toNanos();
        }
    }

    private static final AddressBlock PEER = AddressBlock.of("192.0.2.9:40000");

    private final FakeClock clock = new FakeClock();
    private final WrongCodes wrongCodes = new WrongCodes(clock);

    private void fail(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            wrongCodes.look(PEER, () -> false);
        }
    }

    /** Proofs that are looked at by threads of their own, and stay so until the test says that all have turned out right. */
    private final class Crowd implements AutoCloseable {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final CountDownLatch end = new CountDownLatch(1);
        private final AtomicInteger looking = new AtomicInteger();
        private final List<Future<Integer>> answers = new ArrayList<>();

        Crowd(int size) {
            for (int i = 0; i < size; i++) {
                answers.add(threads.submit(() -> wrongCodes.look(PEER, this::isRight)));
            }
        }

        private boolean isRight() {
            looking.incrementAndGet();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        }

        void awaitLooking(int number) {
            await().until(() -> looking.get() == number);
        }

        List<Integer> answers() throws Exception {
            end.countDown();
            List<Integer> failures = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                failures.add(answer.get());
            }
            return failures;
        }

        @Override
        public void close() {
            end.countDown();
            threads.close();
        }
    }

    @Test
    void pacesNobodyWhoIsRightHoweverManyComeAtOnce() throws Exception {
        try (Crowd crowd = new Crowd(200)) {
            crowd.awaitLooking(WrongCodes.FREE);
            assertThat(crowd.answers()).hasSize(200).containsOnly(0);
        }
        assertThat(clock.slept).isZero();
        assertThat(wrongCodes.size()).isZero();
    }

    @Test
    void looksAtNoMoreAtOnceThanMayStillFail() throws Exception {
        fail(WrongCodes.FREE - 1);
        try (Crowd crowd = new Crowd(20)) {
            crowd.awaitLooking(1);
            assertThat(crowd.answers()).containsOnly(0);
        }
        assertThat(clock.slept).isZero();
        assertThat(wrongCodes.look(PEER, () -> false)).isEqualTo(WrongCodes.FREE);
    }

    @Test
    void countsALookThatBreaksAsAFailure() throws Exception {
        assertThatThrownBy(() -> wrongCodes.look(PEER, () -> {
                    throw new IllegalStateException("a fault of ours");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(wrongCodes.look(PEER, () -> false)).isEqualTo(2);
    }

    @Test
    void looksAtTheFirstOnesAtOnceAndAtTheNextEverMoreSlowly() throws Exception {
        fail(WrongCodes.FREE);
        assertThat(clock.slept).isZero();
        fail(1);
        assertThat(clock.slept).isEqualTo(Duration.ofSeconds(1));
        fail(1);
        assertThat(clock.slept).isEqualTo(Duration.ofSeconds(3));
        fail(1);
        assertThat(clock.slept).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void sendsAwayWhoWouldHaveToWaitForTooLongAndSaysWhenToComeBack() throws Exception {
        fail(WrongCodes.FREE + 4);
        assertThatThrownBy(() -> fail(1)).isInstanceOfSatisfying(TransferException.class, busy -> {
            assertThat(busy.code()).isEqualTo(ErrorCode.BUSY);
            assertThat(busy.why()).contains("192.0.2.9").contains("try again in 17 s");
        });
        clock.pass(Duration.ofSeconds(17));
        fail(1);
    }

    @Test
    void neverPausesForLongerThanAMinute() throws Exception {
        for (int i = 0; i < 40; i++) {
            fail(1);
            clock.pass(WrongCodes.LONGEST_PAUSE);
        }
        assertThat(clock.slept).isZero();
    }

    @Test
    void forgetsAfterAnHour() throws Exception {
        fail(WrongCodes.FREE + 4);
        clock.pass(WrongCodes.FORGOTTEN_AFTER.plusSeconds(1));
        assertThat(wrongCodes.look(PEER, () -> false)).isEqualTo(1);
    }

    @Test
    void countsARightProofForNothing() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(wrongCodes.look(PEER, () -> true)).isZero();
        }
        assertThat(wrongCodes.size()).isZero();
    }

    @Test
    void keepsTheMostGuiltyWhenItsTableIsFull() throws Exception {
        fail(WrongCodes.FREE);
        for (int i = 0; i < WrongCodes.MOST_ADDRESSES + 100; i++) {
            clock.pass(Duration.ofMillis(1));
            wrongCodes.look(new AddressBlock("other " + i), () -> false);
        }
        assertThat(wrongCodes.size()).isEqualTo(WrongCodes.MOST_ADDRESSES);
        assertThat(wrongCodes.look(PEER, () -> false)).isEqualTo(WrongCodes.FREE + 1);
        assertThat(wrongCodes.look(new AddressBlock("other 0"), () -> false)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.9:40000, 192.0.2.9",
        "[2001:db8:1:2:3:4:5:6]:40000, 2001:db8:1:2:0:0:0:0/64",
        "[2001:db8:1:2::1]:9, 2001:db8:1:2:0:0:0:0/64",
        "[fe80::1%gone0]:9, fe80:0:0:0:0:0:0:0/64",
        "unix:/run/ferry.sock, this machine",
        "not an address, an unknown address",
        "neither [1:2, an unknown address",
    })
    void tellsPeersApartByWhatTheyCannotChange(String peer, String block) {
        assertThat(AddressBlock.of(peer).text()).isEqualTo(block);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.9:40000, true", "[fe80::1%eth0]:9, true", "unix:/run/ferry.sock, false", "neither [1:2, false"
    })
    void takesForTcpOnlyWhatIsForCertain(String peer, boolean isTcp) {
        assertThat(AddressBlock.isTcp(peer)).isEqualTo(isTcp);
    }
}
