package ferry.receive;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Remembers for a moment that there is plenty of space; for any thread. */
final class RecentFreeSpace implements FreeSpace {
    /** So many bytes are not used up before the system is asked again. */
    static final long PLENTY = 1L << 30;

    static final Duration MOMENT = Duration.ofMillis(20);

    private record Answer(long bytes, long nanoTime) {}

    private final FreeSpace space;
    private final LongSupplier nanoTime;
    private volatile @Nullable Answer latest;

    RecentFreeSpace(FreeSpace space, LongSupplier nanoTime) {
        this.space = space;
        this.nanoTime = nanoTime;
    }

    @Override
    public long bytes() throws IOException {
        long now = nanoTime.getAsLong();
        Answer known = latest;
        if (known == null || known.bytes < PLENTY || now - known.nanoTime > MOMENT.toNanos()) {
            known = new Answer(space.bytes(), now);
            latest = known;
        }
        return known.bytes;
    }
}
