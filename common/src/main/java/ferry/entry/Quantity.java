package ferry.entry;

import java.math.BigInteger;

/**
 * A number with a unit as people type it, such as {@code 1.5GiB}: cut in two, and multiplied without overflow. Pure functions;
 * what they refuse they refuse by an {@link IllegalArgumentException} whose message is a reason for people.
 */
public record Quantity(String number, String unit) {
    private static final int MAX_LENGTH = 32;
    private static final String PREFIXES = "kmgt";
    /** Slower than this, the pauses between two pieces are longer than anybody waits who has pressed Ctrl-C. */
    private static final long SLOWEST = 1000;

    /**
     * Cuts the text after its digits and decimal point.
     *
     * @throws IllegalArgumentException if there is no number at its start
     */
    public static Quantity parse(String text) {
        String trimmed = text.strip();
        int end = 0;
        while (end < trimmed.length() && (isDigit(trimmed.charAt(end)) || trimmed.charAt(end) == '.')) {
            end++;
        }
        String number = trimmed.substring(0, end);
        boolean isNumber = !number.isEmpty()
                && isDigit(number.charAt(0))
                && isDigit(number.charAt(number.length() - 1))
                && number.indexOf('.') == number.lastIndexOf('.');
        if (!isNumber || trimmed.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("not a number with a unit");
        }
        return new Quantity(number, trimmed.substring(end).strip());
    }

    /**
     * This many times the unit, rounded down.
     *
     * @throws IllegalArgumentException if that is more than the limit
     */
    public long times(long unitValue, long limit) {
        // Without BigDecimal, whose tables take 30 ms to make: options are parsed at each start.
        int point = number.indexOf('.');
        int fraction = point < 0 ? 0 : number.length() - point - 1;
        BigInteger product = new BigInteger(number.replace(".", ""))
                .multiply(BigInteger.valueOf(unitValue))
                .divide(BigInteger.TEN.pow(fraction));
        if (product.compareTo(BigInteger.valueOf(limit)) > 0) {
            throw new IllegalArgumentException("too large");
        }
        return product.longValue();
    }

    /**
     * A number of bytes: {@code 500}, {@code 512k}, {@code 20MB}, {@code 1.5GiB}. {@code k M G T} are powers of 1000,
     * {@code Ki Mi Gi Ti} of 1024, and a final {@code B} changes nothing. A small {@code b} is refused, since it may mean bits.
     *
     * @throws IllegalArgumentException if the text is none or over 2^63-1
     */
    public static long bytes(String text) {
        Quantity quantity = Quantity.parse(text);
        return quantity.times(unit(quantity.unit()), Long.MAX_VALUE);
    }

    /**
     * A speed in bytes per second: a size, with or without {@code /s}.
     *
     * @throws IllegalArgumentException if the text is none, or less than 1,000 bytes per second
     */
    public static long bytesPerSecond(String text) {
        long rate = bytes(text.endsWith("/s") ? text.substring(0, text.length() - 2) : text);
        if (rate < SLOWEST) {
            throw new IllegalArgumentException("less than 1kB/s");
        }
        return rate;
    }

    private static long unit(String name) {
        if (name.endsWith("b")) {
            throw new IllegalArgumentException("'b' may mean bits, so write 'B' for bytes");
        }
        String prefix = name.endsWith("B") ? name.substring(0, name.length() - 1) : name;
        if (prefix.isEmpty()) {
            return 1;
        }
        int power = PREFIXES.indexOf(Character.toLowerCase(prefix.charAt(0))) + 1;
        boolean isBinary = prefix.length() == 2 && prefix.charAt(1) == 'i';
        if (power == 0 || (prefix.length() > 1 && !isBinary)) {
            throw new IllegalArgumentException("unknown unit '" + name + "'");
        }
        long unit = 1;
        for (int i = 0; i < power; i++) {
            unit *= isBinary ? 1024 : 1000;
        }
        return unit;
    }

    /** ASCII digits only: what {@link Character#isDigit} allows besides would surprise everybody. */
    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
