package ferry.cli;

import java.math.BigDecimal;
import java.math.BigInteger;

/** A number with a unit as people type it, such as {@code 1.5GiB}: cut in two, and multiplied without overflow. */
record Quantity(String number, String unit) {
    private static final int MAX_LENGTH = 32;

    /**
     * Cuts the text after its digits and decimal point.
     *
     * @throws IllegalArgumentException if there is no number at its start
     */
    static Quantity parse(String text) {
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
    long times(long unitValue, long limit) {
        BigInteger product =
                new BigDecimal(number).multiply(BigDecimal.valueOf(unitValue)).toBigInteger();
        if (product.compareTo(BigInteger.valueOf(limit)) > 0) {
            throw new IllegalArgumentException("too large");
        }
        return product.longValue();
    }

    /** ASCII digits only: what {@link Character#isDigit} allows besides would surprise everybody. */
    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
