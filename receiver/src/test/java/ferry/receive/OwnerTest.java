package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.trust.KeyFingerprint;
import ferry.wire.Frame;
import ferry.wire.OwnerId;
import ferry.wire.TransferId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnerTest {
    private static final OwnerId ID = new OwnerId(1, 2);
    private static final String FINGERPRINT = "sha256:" + "0123456789abcdef".repeat(4);

    private static Frame.Hello hello(OwnerId owner) {
        return new Frame.Hello(1, 1, 0, TransferId.random(), owner, Duration.ofSeconds(30), "test");
    }

    private static Grant withKey(String fingerprint) {
        return new Grant(Optional.of(KeyFingerprint.parse(fingerprint).orElseThrow()), Optional.empty());
    }

    @Test
    void isTheKeyWhereThereIsOneWhateverHelloSays() {
        Owner owner = Owner.of(withKey(FINGERPRINT), hello(ID)).orElseThrow();
        assertThat(owner)
                .isEqualTo(Owner.of(withKey(FINGERPRINT), hello(OwnerId.NONE)).orElseThrow());
        assertThat(owner.shown()).isEqualTo(FINGERPRINT);
    }

    @Test
    void isTheIdOfHelloInPlainAndDoesNotShowIt() {
        Owner owner = Owner.of(Grant.ANYBODY, hello(ID)).orElseThrow();
        assertThat(owner).isEqualTo(Owner.of(Grant.ANYBODY, hello(ID)).orElseThrow());
        assertThat(owner)
                .isNotEqualTo(Owner.of(Grant.ANYBODY, hello(new OwnerId(2, 1))).orElseThrow());
        assertThat(owner.shown()).isEqualTo("plain");
        assertThat(owner.name()).doesNotContain(ID.toString());
    }

    @Test
    void isNobodyWithoutKeyAndId() {
        assertThat(Owner.of(Grant.ANYBODY, hello(OwnerId.NONE))).isEmpty();
    }

    @Test
    void hasAKeyForEachPathThatNoOtherOwnerHas() {
        Owner key = Owner.of(withKey(FINGERPRINT), hello(OwnerId.NONE)).orElseThrow();
        Owner plain = Owner.of(Grant.ANYBODY, hello(ID)).orElseThrow();
        assertThat(key.key("a/b")).hasSize(32).isEqualTo(key.key("a/b"));
        assertThat(key.key("a/b")).isNotEqualTo(key.key("a/c")).isNotEqualTo(plain.key("a/b"));
    }
}
