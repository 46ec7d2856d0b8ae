package ferry.entry;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * CRC32C (Castagnoli), the checksum of frames, data and whole files; also one that is accumulated piece by piece.
 *
 * <p>The CRC of a whole follows from the CRCs and lengths of its pieces, see {@link #combine}. The static functions
 * are for any thread; an instance belongs to one thread at a time.
 */
public final class Crc32c {
    /** The CRC of nothing. */
    public static final int EMPTY = 0;

    /** The polynomial with its bits reversed: bit 31 is the coefficient of x^0. */
    private static final int POLYNOMIAL = 0x82f6_3b78;

    /** x^8, by which a remainder is multiplied when a byte follows. */
    private static final int X_TO_THE_8 = 1 << 23;

    /**
     * Element n is x^(8 * 2^n) modulo the polynomial, one for each bit of a length in bytes. All 63 are kept because
     * they repeat with period 31 (this polynomial is x+1 times a primitive one of degree 31), not 32 as zlib's do.
     */
    private static final int[] POWERS = powers();

    private final CRC32C piece = new CRC32C();
    private int value = EMPTY;
    private long length;

    /** The CRC of the bytes between position and limit, neither of which moves. */
    public static int of(ByteBuffer bytes) {
        return sum(new CRC32C(), bytes);
    }

    private static int sum(CRC32C fresh, ByteBuffer bytes) {
        int position = bytes.position();
        fresh.update(bytes);
        bytes.position(position);
        return (int) fresh.getValue();
    }

    /**
     * The CRC of two pieces one after the other.
     *
     * <p>Costs some tens of nanoseconds per bit that is set in the length, and nothing after an empty piece; allocates nothing.
     *
     * @param first the CRC of the piece that comes first, of whatever length
     * @param second the CRC of the piece that follows
     * @param secondLength how many bytes the second piece has
     */
    public static int combine(int first, int second, long secondLength) {
        if (secondLength < 0) {
            throw new IllegalArgumentException("negative length: " + secondLength);
        }
        int shifted = first;
        for (long bits = secondLength; bits != 0 && shifted != EMPTY; bits &= bits - 1) {
            shifted = multiply(POWERS[Long.numberOfTrailingZeros(bits)], shifted);
        }
        return shifted ^ second;
    }

    /** Eight hexadecimal digits in lower case, as object stores and {@code rhash} print it. */
    public static String hex(int crc) {
        return HexFormat.of().toHexDigits(crc);
    }

    /**
     * Appends the bytes between position and limit, neither of which moves.
     *
     * @return the CRC of these bytes alone
     */
    public int update(ByteBuffer bytes) {
        piece.reset();
        int crc = sum(piece, bytes);
        append(crc, bytes.remaining());
        return crc;
    }

    /** Appends a piece of which only the CRC and the length in bytes are known. */
    public void append(int crc, long pieceLength) {
        value = combine(value, crc, pieceLength);
        length += pieceLength;
    }

    /** The CRC of all that was appended. */
    public int value() {
        return value;
    }

    /** How many bytes were appended. */
    public long length() {
        return length;
    }

    /** Forgets all that was appended. */
    public void reset() {
        value = EMPTY;
        length = 0;
    }

    private static int[] powers() {
        int[] powers = new int[Long.SIZE - 1];
        powers[0] = X_TO_THE_8;
        for (int n = 1; n < powers.length; n++) {
            powers[n] = multiply(powers[n - 1], powers[n - 1]);
        }
        return powers;
    }

    /** The product of two polynomials modulo ours, all with their bits reversed; without branches on the data. */
    private static int multiply(int a, int b) {
        int product = 0;
        int term = b;
        for (int coefficients = a; coefficients != 0; coefficients <<= 1) {
            product ^= term & (coefficients >> 31);
            term = (term >>> 1) ^ (-(term & 1) & POLYNOMIAL);
        }
        return product;
    }
}
