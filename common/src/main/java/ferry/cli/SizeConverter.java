package ferry.cli;

import ferry.entry.Quantity;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a number of bytes: {@code 500}, {@code 512k}, {@code 20MB}, {@code 1.5GiB}. {@code k M G T} are powers of 1000,
 * {@code Ki Mi Gi Ti} of 1024, and a final {@code B} changes nothing. A small {@code b} is refused, since it may mean bits.
 */
public final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return Quantity.bytes(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is not a size: " + e.getMessage()
                    + "; expected for example 500, 512k, 20MB or 1.5GiB");
        }
    }
}
