package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.AddressBlock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The places for transfers, docs/adr/0024. When all are taken and somebody comes, a transfer that does next to nothing although it
 * is its sender's turn gives its place up, as busy, so that its sender may come back: of the address that has the most of them
 * first, and of those the one that has done nothing for longest. While all of them get on, who comes waits for a while and is then
 * refused as busy. Of those who wait, addresses that have less come first, and then who has waited for longest.
 *
 * <p>Thread-safe; its monitor guards who is here, and is held for a few instructions and while waiting.
 */
final class TransferPlaces {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final long LOOK_AGAIN_MILLIS = 50;

    /** Nobody has to leave before so long a look at all: what has arrived meanwhile is taken by then. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** If a look comes so late, our own threads are late with everything, and no sender is to blame. */
    private static final Duration LATE = Duration.ofMillis(300);

    private final int most;
    private final int mostWaiting;
    private final Runnable crowded;
    private final Set<Guest> guests = new HashSet<>();

    /** Those who were told to leave. */
    private final Set<Guest> leaving = new HashSet<>();

    /** Those who wait for a place, in the order in which they came. */
    private final Set<Guest> waiting = new LinkedHashSet<>();

    /** When somebody who waits has last looked. */
    private long lastLook;

    /**
     * So many places.
     *
     * @param mostWaiting more are refused at once
     * @param crowded is run when all are taken and somebody comes
     */
    TransferPlaces(int most, int mostWaiting, Runnable crowded) {
        this.most = most;
        this.mostWaiting = mostWaiting;
        this.crowded = crowded;
    }

    /**
     * Takes a place for a guest, waiting for one if it must.
     *
     * @throws TransferException BUSY
     */
    void enter(Guest guest) throws TransferException, InterruptedException {
        if (enterOrQueue(guest)) {
            return;
        }
        crowded.run();
        try {
            long begin = System.nanoTime();
            while (!tryEnter(guest)) {
                long waited = System.nanoTime() - begin;
                Optional<Guest> slowest = waited < LOOK.toNanos() ? Optional.empty() : chooseWhoLeaves();
                if (slowest.isPresent()) {
                    // Outside of the monitor, since it ends a transfer, which takes other locks.
                    slowest.get().giveWay();
                } else if (waited >= LONGEST_WAIT.toNanos()) {
                    throw busy();
                } else {
                    awaitChange();
                }
            }
        } finally {
            stopWaiting(guest);
        }
    }

    /** Gives back a guest's place, if it has one. */
    synchronized void leave(Guest guest) {
        if (guests.remove(guest)) {
            leaving.remove(guest);
            notifyAll();
        }
    }

    /** Whether the guest has a place; else it waits for one from now on. */
    private synchronized boolean enterOrQueue(Guest guest) throws TransferException {
        if (guests.size() < most && waiting.isEmpty()) {
            begin(guest);
            return true;
        }
        if (waiting.size() >= mostWaiting) {
            sendAwayForOne(guest);
        }
        if (waiting.isEmpty()) {
            lastLook = System.nanoTime();
        }
        waiting.add(guest);
        return false;
    }

    /** Of an address that has more of everything, the one who came last. */
    private void sendAwayForOne(Guest newcomer) throws TransferException {
        Map<AddressBlock, Long> crowds = crowds();
        long own = crowds.getOrDefault(newcomer.address(), 0L) + 1;
        Guest last = newcomer;
        long most = own;
        for (Guest guest : waiting) {
            long crowd = crowds.getOrDefault(guest.address(), 0L);
            if (crowd > own && crowd >= most) {
                most = crowd;
                last = guest;
            }
        }
        if (last.equals(newcomer)) {
            throw busy();
        }
        waiting.remove(last);
        notifyAll();
    }

    private synchronized boolean tryEnter(Guest guest) throws TransferException {
        if (!waiting.contains(guest)) {
            throw busy();
        }
        if (guests.size() >= most || !guest.equals(next())) {
            return false;
        }
        waiting.remove(guest);
        begin(guest);
        notifyAll();
        return true;
    }

    /** The time that it has waited is not its own. */
    private void begin(Guest guest) {
        guest.liveliness().start();
        guests.add(guest);
    }

    private Guest next() {
        Map<AddressBlock, Long> crowds = crowds();
        return waiting.stream()
                .min(Comparator.comparingLong(guest -> crowds.getOrDefault(guest.address(), 0L)))
                .orElseThrow();
    }

    private synchronized void stopWaiting(Guest guest) {
        waiting.remove(guest);
    }

    private synchronized void awaitChange() throws InterruptedException {
        TimeUnit.MILLISECONDS.timedWait(this, LOOK_AGAIN_MILLIS);
        long now = System.nanoTime();
        long sinceLast = now - lastLook;
        lastLook = now;
        if (sinceLast >= LATE.toNanos()) {
            guests.forEach(guest -> guest.liveliness().heldUp(sinceLast));
        }
    }

    /** As many as wait may be leaving. */
    private synchronized Optional<Guest> chooseWhoLeaves() {
        if (leaving.size() >= waiting.size()) {
            return Optional.empty();
        }
        Map<AddressBlock, Long> crowds = crowds();
        record Slow(Guest guest, long crowd, Duration idle) {}
        Optional<Guest> slowest = guests.stream()
                .filter(guest -> !leaving.contains(guest))
                .map(guest -> new Slow(guest, crowds.getOrDefault(guest.address(), 0L), guest.idle()))
                .filter(slow -> slow.idle().isPositive())
                .max(Comparator.comparingLong(Slow::crowd).thenComparing(Slow::idle))
                .map(Slow::guest);
        slowest.ifPresent(leaving::add);
        return slowest;
    }

    /** How many places each address has, or waits for. */
    private Map<AddressBlock, Long> crowds() {
        return Stream.concat(guests.stream(), waiting.stream())
                .collect(Collectors.groupingBy(Guest::address, Collectors.counting()));
    }

    private static TransferException busy() {
        return new TransferException(
                ErrorCode.BUSY, "receiver", "it serves as many transfers as it can, try again later");
    }
}
