package ferry.receive;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tells people of peers that were not let in, which the peers decide how often to be: a burst of {@value #BURST}, then one a
 * second, and how many were left out. What is to be acted upon has a pace of its own, so that nobody drowns it in noise. Thread-safe;
 * the monitors of its paces guard their counts.
 */
final class PacedNotices {
    static final int BURST = 20;
    static final long NANOS_EACH = 1_000_000_000;

    private final TransferListener listener;
    private final LongSupplier nanoTime;
    private final Pace notices;
    private final Pace warnings;

    /** @param nanoTime as {@link System#nanoTime} */
    PacedNotices(TransferListener listener, LongSupplier nanoTime) {
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.notices = new Pace(nanoTime.getAsLong());
        this.warnings = new Pace(nanoTime.getAsLong());
    }

    /** Words that ask for nothing. */
    void notice(String text) {
        notices.turn(nanoTime.getAsLong()).ifPresent(suffix -> listener.on(new TransferEvent.Notice(text + suffix)));
    }

    /** Words to act upon, if they come often: of a code that is being guessed, or used by another. */
    void warning(String text, String... hints) {
        warnings.turn(nanoTime.getAsLong())
                .ifPresent(suffix -> listener.on(new TransferEvent.Warning(text + suffix, List.of(hints))));
    }

    /** How often one kind of words is told. */
    private static final class Pace {
        /** When the allowance will be whole again. */
        private long paidUntil;

        private long leftOut;

        Pace(long now) {
            paidUntil = now;
        }

        /** Empty if this one is left out; else what to say of those that were. */
        synchronized Optional<String> turn(long now) {
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
}
