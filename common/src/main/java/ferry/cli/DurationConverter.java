package ferry.cli;

import ferry.entry.Quantity;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a length of time to the millisecond: {@code 500ms}, {@code 60s}, {@code 5m}, {@code 1.5h}, {@code 2d}; a plain number is seconds. */
public final class DurationConverter implements ITypeConverter<Duration> {
    /** A century: enough for anybody, and far from overflowing in nanoseconds. */
    private static final long MAX_MILLIS = Duration.ofDays(36_525).toMillis();

    @Override
    public Duration convert(String text) {
        try {
            Quantity quantity = Quantity.parse(text);
            return Duration.ofMillis(quantity.times(millis(quantity.unit()), MAX_MILLIS));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is not a duration: " + e.getMessage()
                    + "; expected for example 500ms, 60s, 5m or 1h");
        }
    }

    private static long millis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "", "s" -> 1_000;
            case "m", "min" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw new IllegalArgumentException("unknown unit '" + unit + "'");
        };
    }
}
