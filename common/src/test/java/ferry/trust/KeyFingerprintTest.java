package ferry.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyFingerprintTest {
    /** The public key of RFC 7515, A.3, whose digest {@code openssl pkey -pubin -outform der | sha256sum} has computed. */
    private static final String KEY =
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs"
                    + "3+257rn0s2ldbqkLJK2KRiMohYjlrQ==";

    private static final String TEXT = "sha256:2bd1bb0c44a897c30a7aa0991cde38d8062fe441de50da0f46825344f602e827";

    @Test
    void isTheDigestThatOpensslPrints() throws Exception {
        PublicKey key = KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(KEY)));

        assertThat(KeyFingerprint.of(key)).hasToString(TEXT);
    }

    @Test
    void comesBackFromItsTextInEitherCase() {
        assertThat(KeyFingerprint.parse(TEXT).orElseThrow()).hasToString(TEXT);
        assertThat(KeyFingerprint.parse(TEXT.toUpperCase(Locale.ROOT))).isEqualTo(KeyFingerprint.parse(TEXT));
    }

    @Test
    void differsForAnotherKey() throws Exception {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        KeyPair one = keys.generateKeyPair();
        KeyPair other = keys.generateKeyPair();

        assertThat(KeyFingerprint.of(one.getPublic()))
                .isEqualTo(KeyFingerprint.of(one.getPublic()))
                .hasSameHashCodeAs(KeyFingerprint.of(one.getPublic()))
                .isNotEqualTo(KeyFingerprint.of(other.getPublic()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256:",
                "sha256:00",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "sha1:0000000000000000000000000000000000000000000000000000000000000000",
                "sha256:000000000000000000000000000000000000000000000000000000000000000",
                "sha256:00000000000000000000000000000000000000000000000000000000000000000",
                "sha256:000000000000000000000000000000000000000000000000000000000000000g",
                "sha256: 00000000000000000000000000000000000000000000000000000000000000",
            })
    void refusesWhatIsNoFingerprint(String text) {
        assertThat(KeyFingerprint.parse(text)).isEmpty();
    }
}
