package ferry.cli;

import ferry.entry.RelativePath;
import java.time.Duration;

/**
 * Sizes, speeds and durations as people read them, in English whatever the locale: {@code 1.5 GB}, {@code 412 MB/s},
 * {@code 7.2 s}. Units are powers of 1000, as disks and networks are sold. Pure functions.
 */
public final class Formats {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    /** Up to here tenths are shown; a little less than a minute, for 59.95 s would be shown as 60.0 s. */
    private static final long MAX_MILLIS_WITH_TENTHS = 59_949;

    private Formats() {}

    /** A number of bytes, to two or three digits. */
    public static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = 0;
        // 999.5 would be shown as 1000
        while (value >= 999.5) {
            value /= 1000;
            unit++;
        }
        return (value < 99.95 ? tenths(value) : Long.toString(Math.round(value))) + " " + UNITS[unit];
    }

    /** A checksum and a name as {@code sha256sum} prints them, so that {@code sha256sum -c} takes them. */
    static String sha256Line(String digest, RelativePath path) {
        String name = path.toString();
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + digest + "  " + escaped;
    }

    /** Bytes per second; "-" where no time has passed. */
    public static String speed(long bytes, Duration elapsed) {
        double seconds = elapsed.toNanos() / 1e9;
        return seconds > 0 ? size(Math.round(bytes / seconds)) + "/s" : "-";
    }

    /** A length of time, to two units. */
    public static String duration(Duration time) {
        return time.toMillis() <= MAX_MILLIS_WITH_TENTHS
                ? tenths(time.toMillis() / 1000.0) + " s"
                : clock(time.plusMillis(500));
    }

    /** A length of time in whole seconds, for what changes while one looks at it. */
    static String clock(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        if (seconds < 86_400) {
            return seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min";
        }
        return seconds / 86_400 + " d " + seconds % 86_400 / 3_600 + " h";
    }

    /** A count with its noun. */
    public static String count(long number, String one, String several) {
        return number + " " + (number == 1 ? one : several);
    }

    private static String tenths(double value) {
        long tenths = Math.round(value * 10);
        return tenths / 10 + "." + tenths % 10;
    }
}
