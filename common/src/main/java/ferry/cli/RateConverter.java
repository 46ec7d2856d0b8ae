package ferry.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a speed in bytes per second, at least 1,000: a size as {@link SizeConverter} reads it, with or without {@code /s}. */
public final class RateConverter implements ITypeConverter<Long> {
    /** Slower than this, the pauses between two pieces are longer than anybody waits who has pressed Ctrl-C. */
    private static final long SLOWEST = 1000;

    @Override
    public Long convert(String text) {
        try {
            String size = text.endsWith("/s") ? text.substring(0, text.length() - 2) : text;
            long rate = SizeConverter.bytes(size);
            if (rate < SLOWEST) {
                throw new IllegalArgumentException("less than 1kB/s");
            }
            return rate;
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is not a speed: " + e.getMessage()
                    + "; expected for example 512k/s, 20MB/s or 1GiB/s");
        }
    }
}
