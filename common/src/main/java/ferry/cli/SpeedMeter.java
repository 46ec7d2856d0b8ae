package ferry.cli;

/** The speed of late: an average over the last few seconds in which the newest count most. Not thread-safe. */
final class SpeedMeter {
    /** After this long without a byte, the speed shown has fallen to a third. */
    private static final double MEMORY_SECONDS = 3;

    private long lastBytes;
    private long lastNanos;
    private double bytesPerSecond;
    private double weight;

    /**
     * @param bytes moved until now
     * @param nanos of {@link System#nanoTime}
     */
    SpeedMeter(long bytes, long nanos) {
        this.lastBytes = bytes;
        this.lastNanos = nanos;
    }

    /** Takes a later count, and tells bytes per second. */
    long measure(long bytes, long nanos) {
        double seconds = (nanos - lastNanos) / 1e9;
        if (seconds > 0) {
            double keep = Math.exp(-seconds / MEMORY_SECONDS);
            double now = Math.max(0, bytes - lastBytes) / seconds;
            bytesPerSecond = bytesPerSecond * keep + now * (1 - keep);
            weight = weight * keep + (1 - keep);
            lastBytes = bytes;
            lastNanos = nanos;
        }
        // Divided by the weight so far, the first seconds are an average over themselves, not over a zero before them.
        return weight > 0 ? Math.round(bytesPerSecond / weight) : 0;
    }
}
