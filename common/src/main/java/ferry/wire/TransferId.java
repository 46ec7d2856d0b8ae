package ferry.wire;

import java.security.SecureRandom;
import java.util.HexFormat;

/** The 128 random bits that name a transfer over all its connections; immutable. */
public record TransferId(long high, long low) {
    private static final SecureRandom RANDOM = new SecureRandom();

    public static TransferId random() {
        return new TransferId(RANDOM.nextLong(), RANDOM.nextLong());
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
