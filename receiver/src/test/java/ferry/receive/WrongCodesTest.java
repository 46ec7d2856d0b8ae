package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
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
            wrongCodes.awaitTurn(PEER);
        }
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
        assertThat(wrongCodes.awaitTurn(PEER)).isEqualTo(1);
    }

    @Test
    void countsARightProofForNothing() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(wrongCodes.awaitTurn(PEER)).isEqualTo(1);
            wrongCodes.wasRight(PEER);
        }
        assertThat(wrongCodes.size()).isZero();
    }

    @Test
    void keepsTheMostGuiltyWhenItsTableIsFull() throws Exception {
        fail(WrongCodes.FREE);
        for (int i = 0; i < WrongCodes.MOST_ADDRESSES + 100; i++) {
            clock.pass(Duration.ofMillis(1));
            wrongCodes.awaitTurn(new AddressBlock("other " + i));
        }
        assertThat(wrongCodes.size()).isEqualTo(WrongCodes.MOST_ADDRESSES);
        assertThat(wrongCodes.awaitTurn(PEER)).isEqualTo(WrongCodes.FREE + 1);
        assertThat(wrongCodes.awaitTurn(new AddressBlock("other 0"))).isEqualTo(1);
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
