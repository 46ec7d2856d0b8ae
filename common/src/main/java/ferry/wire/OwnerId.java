package ferry.wire;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** The 128 random bits by which a sender finds its staging again when there is no key to know it by; immutable. */
public record OwnerId(long high, long low) {
    /** The owner of a sender that keeps no id: nothing is kept for a later resume. */
    public static final OwnerId NONE = new OwnerId(0, 0);

    private static final int DIGITS = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    public static OwnerId random() {
        return new OwnerId(RANDOM.nextLong(), RANDOM.nextLong());
    }

    /** Reads what {@link #toString} wrote; empty if it is anything else. */
    public static Optional<OwnerId> parse(String text) {
        if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            return Optional.empty();
        }
        return Optional.of(new OwnerId(
                HexFormat.fromHexDigitsToLong(text, 0, DIGITS / 2),
                HexFormat.fromHexDigitsToLong(text, DIGITS / 2, DIGITS)));
    }

    public boolean isNone() {
        return equals(NONE);
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
