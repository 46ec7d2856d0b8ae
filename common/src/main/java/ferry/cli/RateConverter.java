package ferry.cli;

import ferry.entry.Quantity;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a speed in bytes per second, at least 1,000: a size as {@link SizeConverter} reads it, with or without {@code /s}. */
public final class RateConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return Quantity.bytesPerSecond(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is not a speed: " + e.getMessage()
                    + "; expected for example 512k/s, 20MB/s or 1GiB/s");
        }
    }
}
