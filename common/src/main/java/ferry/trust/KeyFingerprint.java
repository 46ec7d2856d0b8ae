package ferry.trust;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * By which a key is known to people and files: the SHA-256 of its SubjectPublicKeyInfo (RFC 5280, section 4.1), written
 * {@code sha256:} and 64 hexadecimal digits. A certificate that is renewed for the same key keeps it. Immutable.
 */
public final class KeyFingerprint {
    private static final String PREFIX = "sha256:";
    private static final int LENGTH = 32;

    private final byte[] digest;

    private KeyFingerprint(byte[] digest) {
        this.digest = digest;
    }

    public static KeyFingerprint of(PublicKey key) {
        return new KeyFingerprint(Hashes.sha256(key.getEncoded()));
    }

    /** Reads what {@link #toString} wrote, in upper case too; empty if it is anything else. */
    public static Optional<KeyFingerprint> parse(String text) {
        String digits = text.toLowerCase(Locale.ROOT);
        if (!digits.startsWith(PREFIX) || digits.length() != PREFIX.length() + 2 * LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(new KeyFingerprint(HexFormat.of().parseHex(digits, PREFIX.length(), digits.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyFingerprint fingerprint && MessageDigest.isEqual(digest, fingerprint.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    @Override
    public String toString() {
        return PREFIX + HexFormat.of().formatHex(digest);
    }
}
