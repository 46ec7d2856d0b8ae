package ferry.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a number of bytes: {@code 500}, {@code 512k}, {@code 20MB}, {@code 1.5GiB}. {@code k M G T} are powers of 1000,
 * {@code Ki Mi Gi Ti} of 1024, and a final {@code B} changes nothing. A small {@code b} is refused, since it may mean bits.
 */
public final class SizeConverter implements ITypeConverter<Long> {
    private static final String PREFIXES = "kmgt";

    @Override
    public Long convert(String text) {
        try {
            return bytes(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is not a size: " + e.getMessage()
                    + "; expected for example 500, 512k, 20MB or 1.5GiB");
        }
    }

    /**
     * The number of bytes.
     *
     * @throws IllegalArgumentException with a reason, if the text is none or over 2^63-1
     */
    static long bytes(String text) {
        Quantity quantity = Quantity.parse(text);
        return quantity.times(unit(quantity.unit()), Long.MAX_VALUE);
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
}
