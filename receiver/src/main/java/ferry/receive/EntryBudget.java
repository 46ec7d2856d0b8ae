package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.wire.Limits;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the entries of all transfers may take together, from their offers until nobody needs them any more
 * (docs/adr/0020). Thread-safe; its monitor guards everything, and is held for a few instructions and while waiting.
 *
 * <p>Half of it is for whoever comes; the other half is for transfers that hold no more than a small equal share, so that they go on
 * whatever the others do. Credit is granted so that the first half is enough for a few large transfers at once. Who finds no room all
 * the same waits, and does not read from its sender. If a transfer has come to a standstill meanwhile that holds more than its share,
 * the one of those that holds most is ended.
 */
final class EntryBudget {
    /** What an entry takes beside its names: its objects, its queue, and its answer. */
    static final int ENTRY_BYTES = 1024;

    /** The part of the heap for entries; what is left is for everything else that a receiver does. */
    private static final int HEAP_SHARE = 4;

    /** A transfer stands still if for so long it has neither got rid of this part of what it holds, nor brought so much content. */
    private static final Duration STANDSTILL = Duration.ofSeconds(5);

    private static final int PART = 16;
    private static final long LIVELY_BYTES = 1 << 20;

    /** Of an offer as most are: what credit reckons with. */
    private static final int USUAL_OFFER_BYTES = 100;

    private final long limit;
    private final long standstillNanos;
    private final Set<Account> accounts = new HashSet<>();
    private long taken;

    /** What all transfers together would hold if they used their credit with usual offers. */
    private long granted;

    /** When anybody has given something back. */
    private long lastRelease = System.nanoTime();

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
        Account account = new Account(onEvicted, nextCredit());
        accounts.add(account);
        granted += account.credit * weight(USUAL_OFFER_BYTES);
        return account;
    }

    /** Half of what is left of the half for everybody, so that something is left for the next as well. */
    private int nextCredit() {
        long entries = Math.max(0, limit / 2 - granted) / 2 / weight(USUAL_OFFER_BYTES);
        return Math.clamp(entries, Limits.MIN_CREDIT, ReceiveSession.CREDIT);
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
        private final int credit;
        private final AtomicLong content = new AtomicLong();
        private long held;
        private long releasedSince;
        private long since = System.nanoTime();
        private boolean closed;
        private boolean evicted;

        /** It is not read from, and so cannot show that it goes on. */
        private boolean waiting;

        private Account(Evicted onEvicted, int credit) {
            this.onEvicted = onEvicted;
            this.credit = credit;
        }

        /** How many entries the transfer may be told that it can have in flight. */
        int credit() {
            return credit;
        }

        /** Content has arrived, which shows that the transfer goes on. Waits for nobody. */
        void contentArrived(int bytes) {
            content.addAndGet(bytes);
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
                    waiting = true;
                    try {
                        TimeUnit.NANOSECONDS.timedWait(EntryBudget.this, standstillNanos / PART);
                    } finally {
                        waiting = false;
                    }
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
                lastRelease = System.nanoTime();
                if (releasedSince >= held / PART) {
                    restart();
                }
                EntryBudget.this.notifyAll();
            }
        }

        /** Takes no more; who waits for it is told that there is no room. What it holds is released one by one. */
        void close() {
            synchronized (EntryBudget.this) {
                if (!closed) {
                    closed = true;
                    granted -= credit * weight(USUAL_OFFER_BYTES);
                }
                accounts.remove(this);
                EntryBudget.this.notifyAll();
            }
        }

        private void restart() {
            since = System.nanoTime();
            releasedSince = 0;
            content.set(0);
        }

        private void noticeContent() {
            if (content.get() >= LIVELY_BYTES) {
                restart();
            }
        }

        private boolean standsStill(long share, long now) {
            return held > share && now - since >= standstillNanos && (!waiting || now - lastRelease >= standstillNanos);
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
        accounts.forEach(Account::noticeContent);
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
                ErrorCode.BUSY, "receiver", "it has no room for further entries, and this transfer stands still");
    }
}
