package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.AddressBlock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Slows down whoever tries one code after the other. Thread-safe; its monitor guards the table and is not held while waiting.
 *
 * <p>An address may fail {@value #FREE} times; from then on its proofs are looked at one after the other with a pause between
 * them, which doubles with each failure from a second up to {@link #LONGEST_PAUSE}. Whoever comes while the next look is too
 * far off, or while {@value #MOST_WAITING} connections wait already, is sent away as busy.
 *
 * <p>Nobody gains by trying many at once, and no crowd of honest senders behind one address is taken for that: as many proofs
 * are looked at together as there may still be failures, and the others wait for the moment that a look takes, without a pause.
 * Only where pauses are due is a proof reckoned as wrong until it has turned out right.
 *
 * <p>The table has {@value #MOST_ADDRESSES} rows. When it is full, the row with the fewest failures goes, the oldest of those;
 * rows without a failure for {@link #FORGOTTEN_AFTER} go first.
 */
final class WrongCodes {
    static final int FREE = 5;
    static final int MOST_ADDRESSES = 4_096;
    static final int MOST_WAITING = 64;
    static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    /** The time that it lives in; tests bring their own. */
    interface Clock {
        /** As {@link System#nanoTime}. */
        long nanos();

        void sleep(Duration time) throws InterruptedException;

        Clock SYSTEM = new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration time) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(time.toNanos());
            }
        };
    }

    /** What is known of an address. */
    private static final class Row {
        private int failures;

        /** Proofs that are being looked at, or wait for their pause. */
        private int pending;

        private long lastFailure;

        /** When the next proof may be looked at. */
        private long nextLook;

        Row(long now) {
            lastFailure = now;
            nextLook = now;
        }

        boolean isForgotten(long now) {
            return pending == 0 && now - lastFailure > FORGOTTEN_AFTER.toNanos();
        }
    }

    private final Clock clock;
    private final Map<AddressBlock, Row> rows = new HashMap<>();
    private int waiting;

    WrongCodes(Clock clock) {
        this.clock = clock;
    }

    /**
     * Looks at a proof; waits before if it must, at most for {@link #LONGEST_WAIT} and the looks that are under way.
     *
     * @param isRight the look itself, which waits for nobody; false, or an exception, is a failure
     * @return how many proofs from there were wrong, this one included; 0 if it is right
     * @throws TransferException BUSY if it would have to wait for too long
     */
    int look(AddressBlock from, BooleanSupplier isRight) throws TransferException, InterruptedException {
        Duration pause = awaitTurn(from);
        boolean right = false;
        int failures;
        try {
            if (pause.isPositive()) {
                clock.sleep(pause);
            }
            right = isRight.getAsBoolean();
        } finally {
            failures = looked(from, right, pause.isPositive());
        }
        return right ? 0 : failures;
    }

    /** How long to wait until it is this proof's turn, which is pending from now on. */
    private synchronized Duration awaitTurn(AddressBlock from) throws TransferException, InterruptedException {
        Row row = row(from, clock.nanos());
        while (row.failures < FREE && row.pending >= FREE - row.failures) {
            // What is pending there waits for no pause, and so is over soon.
            wait();
            row = row(from, clock.nanos());
        }
        long now = clock.nanos();
        Duration pause = Duration.ZERO;
        if (row.failures >= FREE) {
            pause = Duration.ofNanos(Math.max(0, row.nextLook - now));
            if (pause.compareTo(LONGEST_WAIT) > 0 || (pause.isPositive() && waiting == MOST_WAITING)) {
                throw busy(from, pause);
            }
            row.nextLook = now
                    + pause.toNanos()
                    + pauseAfter(row.failures + row.pending + 1).toNanos();
            waiting += pause.isPositive() ? 1 : 0;
        }
        row.pending++;
        return pause;
    }

    /** A look is over; returns how often it was wrong from there. */
    private synchronized int looked(AddressBlock from, boolean right, boolean hasWaited) {
        long now = clock.nanos();
        Row row = row(from, now);
        row.pending = Math.max(0, row.pending - 1);
        waiting -= hasWaited ? 1 : 0;
        if (!right) {
            boolean wasFree = row.failures < FREE;
            row.failures++;
            row.lastFailure = now;
            if (wasFree) {
                row.nextLook = now + pauseAfter(row.failures).toNanos();
            }
        } else if (row.failures + row.pending == 0) {
            rows.remove(from);
        }
        notifyAll();
        return row.failures;
    }

    private static TransferException busy(AddressBlock from, Duration pause) {
        return new TransferException(
                ErrorCode.BUSY,
                "receiver",
                "there were wrong codes from %s, try again in %d s"
                        .formatted(from.text(), Math.max(1, pause.toSeconds() + 1)));
    }

    /** How many addresses have a row. */
    synchronized int size() {
        return rows.size();
    }

    private Row row(AddressBlock from, long now) {
        Row known = rows.get(from);
        if (known != null && !known.isForgotten(now)) {
            return known;
        }
        if (known == null && rows.size() == MOST_ADDRESSES) {
            makeRoom(now);
        }
        Row row = new Row(now);
        rows.put(from, row);
        return row;
    }

    private void makeRoom(long now) {
        rows.values().removeIf(row -> row.isForgotten(now));
        if (rows.size() == MOST_ADDRESSES) {
            // Ages, never a comparison of times: the origin of nanoTime is arbitrary, and it may wrap around.
            rows.entrySet().stream()
                    .min(Comparator.<Map.Entry<AddressBlock, Row>>comparingInt(
                                    entry -> entry.getValue().failures + entry.getValue().pending)
                            .thenComparing(entry -> now - entry.getValue().lastFailure, Comparator.reverseOrder()))
                    .map(Map.Entry::getKey)
                    .ifPresent(rows::remove);
        }
    }

    /** How long after this failure nothing is looked at. */
    private static Duration pauseAfter(int failures) {
        if (failures < FREE) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures - FREE, Integer.SIZE / 2);
        Duration pause = SHORTEST_PAUSE.multipliedBy(1L << doublings);
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
