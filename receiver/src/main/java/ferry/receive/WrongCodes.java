package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Slows down whoever tries one code after the other. Thread-safe; its monitor guards the table and is not held while waiting.
 *
 * <p>An address may fail {@value #FREE} times; from then on its proofs are looked at one after the other with a pause between
 * them, which doubles with each failure from a second up to {@link #LONGEST_PAUSE}. Whoever comes while the next look is too
 * far off, or while {@value #MOST_WAITING} connections wait already, is sent away as busy. A proof is counted as wrong until it
 * has turned out right, so that nobody gains by trying many at once.
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
        private long lastFailure;

        /** When the next proof may be looked at. */
        private long nextLook;

        Row(long now) {
            lastFailure = now;
            nextLook = now;
        }

        boolean isForgotten(long now) {
            return now - lastFailure > FORGOTTEN_AFTER.toNanos();
        }
    }

    private final Clock clock;
    private final Map<AddressBlock, Row> rows = new HashMap<>();
    private int waiting;

    WrongCodes(Clock clock) {
        this.clock = clock;
    }

    /**
     * To be called before a proof is looked at; waits if it must, at most for {@link #LONGEST_WAIT}. The proof counts as wrong
     * until {@link #wasRight}.
     *
     * @return how many proofs from there were wrong, this one included
     * @throws TransferException BUSY if it would have to wait for too long
     */
    int awaitTurn(AddressBlock from) throws TransferException, InterruptedException {
        Duration wait;
        int failures;
        synchronized (this) {
            long now = clock.nanos();
            Row row = row(from, now);
            long nextLook = row.nextLook - now > 0 ? row.nextLook : now;
            wait = Duration.ofNanos(nextLook - now);
            if (wait.compareTo(LONGEST_WAIT) > 0 || (wait.isPositive() && waiting == MOST_WAITING)) {
                throw new TransferException(
                        ErrorCode.BUSY,
                        "receiver",
                        "there were wrong codes from %s, try again in %d s"
                                .formatted(from.text(), Math.max(1, wait.toSeconds() + 1)));
            }
            row.failures++;
            failures = row.failures;
            row.lastFailure = now;
            row.nextLook = nextLook + pause(failures).toNanos();
            waiting += wait.isPositive() ? 1 : 0;
        }
        if (wait.isPositive()) {
            try {
                clock.sleep(wait);
            } finally {
                stopWaiting();
            }
        }
        return failures;
    }

    /** The proof that was looked at last from there was right. */
    synchronized void wasRight(AddressBlock from) {
        Row row = rows.get(from);
        if (row != null) {
            row.failures--;
            if (row.failures == 0) {
                rows.remove(from);
            }
        }
    }

    /** How many addresses have a row. */
    synchronized int size() {
        return rows.size();
    }

    private synchronized void stopWaiting() {
        waiting--;
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
                    .min(Comparator.<Map.Entry<AddressBlock, Row>>comparingInt(entry -> entry.getValue().failures)
                            .thenComparing(entry -> now - entry.getValue().lastFailure, Comparator.reverseOrder()))
                    .map(Map.Entry::getKey)
                    .ifPresent(rows::remove);
        }
    }

    /** How long after this failure nothing is looked at. */
    private static Duration pause(int failures) {
        if (failures < FREE) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures - FREE, Integer.SIZE / 2);
        Duration pause = SHORTEST_PAUSE.multipliedBy(1L << doublings);
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
