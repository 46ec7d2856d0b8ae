package ferry.send;

import ferry.event.Bottleneck;
import java.util.EnumMap;
import java.util.Map;

/** What a stream spent its time on, so that it can say what limited it. For the stream's thread alone. */
final class TimeMeter {
    /** Transfers shorter than this tell nothing. */
    private static final long SHORTEST_NANOS = 100_000_000;

    private final Map<Bottleneck, Long> nanos = new EnumMap<>(Bottleneck.class);
    private final long begin = System.nanoTime();
    private long last = begin;

    /** All time since the call before was spent on this; returns the nanoseconds. */
    long spentOn(Bottleneck what) {
        long now = System.nanoTime();
        long spent = now - last;
        nanos.merge(what, spent, Long::sum);
        last = now;
        return spent;
    }

    /** What took most of the time. */
    Bottleneck limitedBy() {
        if (last - begin < SHORTEST_NANOS) {
            return Bottleneck.NONE;
        }
        return nanos.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(Bottleneck.NONE);
    }
}
