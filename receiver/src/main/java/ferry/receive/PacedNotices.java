package ferry.receive;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tells people of peers that were not let in, which the peers decide how often to be: a burst of {@value #BURST}, then one a
 * second, and how many were left out. Thread-safe; its monitor guards the count.
 */
final class PacedNotices {
    static final int BURST = 20;
    static final long NANOS_EACH = 1_000_000_000;

    private final TransferListener listener;
    private final LongSupplier nanoTime;

    /** When the allowance will be whole again. */
    private long paidUntil;

    private long leftOut;

    /** @param nanoTime as {@link System#nanoTime} */
    PacedNotices(TransferListener listener, LongSupplier nanoTime) {
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.paidUntil = nanoTime.getAsLong();
    }

    /** Words that ask for nothing. */
    void notice(String text) {
        turn().ifPresent(suffix -> listener.on(new TransferEvent.Notice(text + suffix)));
    }

    /** Words to act upon, if they come often. */
    void warning(String text, String... hints) {
        turn().ifPresent(suffix -> listener.on(new TransferEvent.Warning(text + suffix, List.of(hints))));
    }

    /** Empty if this one is left out; else what to say of those that were. */
    private synchronized Optional<String> turn() {
        long now = nanoTime.getAsLong();
        if (paidUntil - now < 0) {
            paidUntil = now;
        }
        if (paidUntil - now > (BURST - 1) * NANOS_EACH) {
            leftOut++;
            return Optional.empty();
        }
        paidUntil += NANOS_EACH;
        String suffix = leftOut == 0 ? "" : " (and %d like this were left out)".formatted(leftOut);
        leftOut = 0;
        return Optional.of(suffix);
    }
}
