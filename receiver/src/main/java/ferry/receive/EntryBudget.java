package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * How much memory the entries of all transfers may take together, from their offers until nobody needs them any more
 * (docs/adr/0020). Thread-safe; its monitor guards everything, and is held for a few instructions and while waiting.
 *
 * <p>Half of it is for whoever comes; the other half is for transfers that hold no more than a small equal share, so that they go on
 * whatever the others do. Who finds no room waits, and does not read from its sender. If a transfer has come to a standstill
 * meanwhile that holds more than its share, the one of those that holds most is ended.
 */
final class EntryBudget {
    /** What an entry takes beside its names: its objects, its queue, and its answer. */
    static final int ENTRY_BYTES = 1024;

    /** The part of the heap for entries; what is left is for everything else that a receiver does. */
    private static final int HEAP_SHARE = 4;

    /** A transfer stands still if for so long it has not got rid of this part of what it holds. */
    private static final Duration STANDSTILL = Duration.ofSeconds(5);

    private static final int PART = 16;

    private final long limit;
    private final long standstillNanos;
    private final Set<Account> accounts = new HashSet<>();
    private long taken;

    /** What those still hold that were ended to make room; until that is back, nobody else is. */
    private long leaving;

    /** @param limit bytes, more than one entry can take */
    EntryBudget(long limit, Duration standstill) {
        this.limit = limit;
        this.standstillNanos = standstill.toNanos();
    }

    /** A budget that suits the memory of this process. */
    static EntryBudget ofHeap() {
        return new EntryBudget(Runtime.getRuntime().maxMemory() / HEAP_SHARE, STANDSTILL);
    }

    /** What an entry weighs whose offer has so many bytes. */
    static long weight(int offerBytes) {
        // A text takes up to two bytes for each of UTF-8.
        return ENTRY_BYTES + 2L * offerBytes;
    }

    /** @param onEvicted ends the transfer for this reason; runs on another transfer's thread, and must be quick */
    synchronized Account open(Evicted onEvicted) {
        Account account = new Account(onEvicted);
        accounts.add(account);
        return account;
    }

    /** Hears that its transfer must make room. */
    @FunctionalInterface
    interface Evicted {
        void end(TransferException reason);
    }

    /** Bytes that are taken now. */
    synchronized long taken() {
        return taken;
    }

    /** What one transfer holds. */
    final class Account {
        private final Evicted onEvicted;
        private long held;
        private long releasedSince;
        private long since = System.nanoTime();
        private boolean closed;
        private boolean evicted;

        private Account(Evicted onEvicted) {
            this.onEvicted = onEvicted;
        }

        /**
         * Takes so many bytes, waiting until there are.
         *
         * @throws TransferException BUSY, if it is this transfer that has to make room, or that has ended meanwhile
         */
        void take(long bytes) throws TransferException, InterruptedException {
            while (!tryTake(bytes)) {
                // Outside of the monitor, since it ends a transfer, which takes other locks.
                chooseWhoLeaves().ifPresent(Account::evict);
            }
        }

        private boolean tryTake(long bytes) throws TransferException, InterruptedException {
            synchronized (EntryBudget.this) {
                if (!closed && !hasRoom(bytes)) {
                    TimeUnit.NANOSECONDS.timedWait(EntryBudget.this, standstillNanos / PART);
                }
                if (closed) {
                    throw noRoom();
                }
                if (!hasRoom(bytes)) {
                    return false;
                }
                if (held == 0) {
                    restart();
                }
                held += bytes;
                taken += bytes;
                return true;
            }
        }

        private boolean hasRoom(long bytes) {
            long ceiling = held + bytes <= share() ? limit : limit / 2;
            return taken + bytes <= ceiling;
        }

        /** Gives back what was taken for one entry; also after {@link #close}. */
        void release(long bytes) {
            synchronized (EntryBudget.this) {
                held -= bytes;
                taken -= bytes;
                leaving -= evicted ? bytes : 0;
                releasedSince += bytes;
                if (releasedSince >= held / PART) {
                    restart();
                }
                EntryBudget.this.notifyAll();
            }
        }

        /** Takes no more; who waits for it is told that there is no room. What it holds is released one by one. */
        void close() {
            synchronized (EntryBudget.this) {
                closed = true;
                accounts.remove(this);
                EntryBudget.this.notifyAll();
            }
        }

        private void restart() {
            since = System.nanoTime();
            releasedSince = 0;
        }

        private boolean standsStill(long share, long now) {
            return held > share && now - since >= standstillNanos;
        }

        private void evict() {
            close();
            onEvicted.end(noRoom());
        }
    }

    /** Chooses who has to make room, if anybody has; each is chosen once. */
    private synchronized Optional<Account> chooseWhoLeaves() {
        if (leaving > 0) {
            return Optional.empty();
        }
        long now = System.nanoTime();
        long share = share();
        Optional<Account> chosen = accounts.stream()
                .filter(account -> account.standsStill(share, now))
                .max(Comparator.comparingLong(account -> account.held));
        chosen.ifPresent(account -> {
            account.evicted = true;
            accounts.remove(account);
            leaving += account.held;
        });
        return chosen;
    }

    /** So small that the shares of all take half of the second half: there is always room for more than the shares. */
    private long share() {
        return limit / (4L * Math.max(1, accounts.size()));
    }

    private static TransferException noRoom() {
        return new TransferException(
                        ErrorCode.BUSY,
                        "receiver",
                        "it has no room for further entries, and this transfer stands still")
                .withHint("try again later: send --wait 10m");
    }
}
