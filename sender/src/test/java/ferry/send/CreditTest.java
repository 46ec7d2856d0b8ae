package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Entry;
import ferry.wire.Limits;
import org.junit.jupiter.api.Test;

/** What may be offered, at its very bounds. */
class CreditTest {
    private static final int GRANTED = Limits.MIN_CREDIT_BYTES + 1000;

    private final Entry entry;
    private final long cost;
    private final Credit credit = new Credit();

    CreditTest() throws Exception {
        entry = SessionRun.directory("d").entry();
        cost = Credit.bytesOf(entry);
    }

    @Test
    void goesToTheLastByteOfWhatWasGranted() {
        credit.grant(1024, GRANTED);
        assertThat(credit.allows(5, GRANTED - cost, entry)).isTrue();
        assertThat(credit.allows(5, GRANTED - cost + 1, entry)).isFalse();
    }

    @Test
    void goesToTheLastEntryThatWasGranted() {
        credit.grant(1024, GRANTED);
        assertThat(credit.allows(1023, 0, entry)).isTrue();
        assertThat(credit.allows(1024, 0, entry)).isFalse();
    }

    @Test
    void offersNoMoreBeforeWelcomeThoughAllOfItWasAnswered() {
        for (long left = Limits.OFFER_BYTES_BEFORE_WELCOME; left >= cost; left -= cost) {
            assertThat(credit.allows(0, 0, entry)).isTrue();
            credit.take(entry);
        }
        assertThat(credit.allows(0, 0, entry)).isFalse();
        credit.grant(1024, GRANTED);
        assertThat(credit.allows(0, 0, entry)).isTrue();
    }
}
