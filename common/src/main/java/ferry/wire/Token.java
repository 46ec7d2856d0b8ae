package ferry.wire;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * 32 bytes by which a stream proves that it belongs to its transfer: the join secret, a nonce or a proof; immutable.
 *
 * <p>They are compared in constant time and never shown.
 */
public final class Token {
    /** Bytes in a token. */
    public static final int LENGTH = 32;

    /** All zero: the place of a token that there is none of. */
    public static final Token NONE = new Token(new byte[LENGTH]);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;

    private Token(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Token random() {
        byte[] bytes = new byte[LENGTH];
        RANDOM.nextBytes(bytes);
        return new Token(bytes);
    }

    /** Takes a copy of {@value #LENGTH} bytes. */
    public static Token of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a token has %d bytes, not %d".formatted(LENGTH, bytes.length));
        }
        return new Token(bytes.clone());
    }

    static Token read(ByteBuffer from) {
        byte[] bytes = new byte[LENGTH];
        from.get(bytes);
        return new Token(bytes);
    }

    void write(ByteBuffer into) {
        into.put(bytes);
    }

    /** A copy, as the key or the expected value of an HMAC. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public boolean isNone() {
        return equals(NONE);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Token token && MessageDigest.isEqual(bytes, token.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return isNone() ? "none" : "(secret)";
    }
}
