package ferry.net;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The places for connections, docs/adr/0024. Who has proved nothing yet may have half of them and {@value #AT_THE_DOOR}, and keeps
 * its place only while nobody else needs it: when all are taken and somebody comes, one of those leaves who have had time enough
 * and whose turn it is, first from the address that has the most there, and of those who has been there for longest.
 *
 * <p>Thread-safe; {@code lock} guards who is here, and is never held across I/O.
 */
public final class Places {
    /** So many places there are for arriving, however few there are in all. */
    static final int AT_THE_DOOR = 16;

    /** For those who have proved who they are, and wait for others; more if there are handles for them. */
    private static final int MIN_WAITING = 8;

    private static final int MAX_WAITING = 64;

    /** The part of the handles that may go to those who wait. */
    private static final int WAITING_SHARE = 8;

    /** So many a transfer may have, besides its first. */
    private static final int FURTHER_STREAMS = ferry.wire.Limits.MAX_STREAMS - 1;

    /** So long an arrival keeps its place; afterwards only while it is our turn. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** So long an arrival keeps its place whosever turn it is. */
    static final Duration LONGEST = Duration.ofSeconds(5);

    /** How soon those who wait for a place look again, since patience ends without a sign. */
    private static final long LOOK_AGAIN_NANOS = 50_000_000;

    private final int served;
    private final int waiting;
    private final int unproved;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Those who have proved nothing, or were refused; in the order of their arrival. */
    private final Map<Connection, Arrival> arrivals = new LinkedHashMap<>();

    private final Set<Connection> proved = new HashSet<>();

    /** Of those, the further streams of transfers. */
    private final Set<Connection> joined = new HashSet<>();

    private int handled;
    private boolean stopped;

    private record Arrival(AddressBlock from, long since) {
        Duration age(long now) {
            return Duration.ofNanos(now - since);
        }
    }

    private Places(int served, int waiting) {
        this.served = served;
        this.waiting = waiting;
        this.unproved = served / 2 + AT_THE_DOOR;
    }

    /** As many as were asked for, or as the process's limit of file handles allows. */
    public static Places of(AcceptOptions options) {
        long handles = HandleLimit.ofProcess();
        int waiting = Math.clamp((handles - AcceptOptions.OTHER_HANDLES) / WAITING_SHARE, MIN_WAITING, MAX_WAITING);
        return new Places(options.servable(handles - (waiting - MIN_WAITING)), waiting);
    }

    /** How many connections may be served at once. */
    public int served() {
        return served;
    }

    /** How many more may wait to be served. */
    public int waiting() {
        return waiting;
    }

    /**
     * The connection has shown what it has come for, and keeps its place until it leaves.
     *
     * @return false if it was sent away before
     */
    public boolean proved(Connection connection) {
        lock.lock();
        try {
            if (arrivals.remove(connection) == null) {
                return false;
            }
            changed.signalAll();
            return proved.add(connection);
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #proved}, for a further stream of a transfer that is served. All of them together may take half of the places, and
     * as many as one transfer may have.
     *
     * @return false if there are too many, or it was sent away before
     */
    public boolean joined(Connection connection) {
        lock.lock();
        try {
            boolean mayStay =
                    joined.size() < Math.max(FURTHER_STREAMS, served / 2) && arrivals.remove(connection) != null;
            if (mayStay) {
                proved.add(connection);
                joined.add(connection);
                changed.signalAll();
            }
            return mayStay;
        } finally {
            lock.unlock();
        }
    }

    /** The connection will not be served after all: it is told so, and leaves, or is sent away when somebody comes. */
    public void refused(Connection connection) {
        lock.lock();
        try {
            if (proved.remove(connection)) {
                arrivals.put(
                        connection,
                        new Arrival(AddressBlock.of(connection.peer()), System.nanoTime() - PATIENCE.toNanos()));
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a place, and sends others away for it.
     *
     * @param crowded is run if somebody has to leave
     * @return false if there will be none any more; else {@link #leave} must follow
     */
    boolean enter(Connection newcomer, Runnable crowded) throws InterruptedException {
        AddressBlock from = AddressBlock.of(newcomer.peer());
        while (true) {
            Optional<Connection> leaving;
            lock.lock();
            try {
                if (stopped) {
                    return false;
                }
                if (!isFull()) {
                    arrivals.put(newcomer, new Arrival(from, System.nanoTime()));
                    handled++;
                    return true;
                }
                leaving = whoLeavesFor(from).or(this::furtherStream);
                if (leaving.isPresent()) {
                    forget(leaving.get());
                } else {
                    changed.awaitNanos(LOOK_AGAIN_NANOS);
                }
            } finally {
                lock.unlock();
            }
            if (leaving.isPresent()) {
                leaving.get().abort();
                crowded.run();
            }
        }
    }

    /** The connection's handler has ended. */
    void leave(Connection connection) {
        lock.lock();
        try {
            forget(connection);
            handled--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void forget(Connection connection) {
        arrivals.remove(connection);
        proved.remove(connection);
        joined.remove(connection);
    }

    private boolean isFull() {
        return arrivals.size() >= unproved || arrivals.size() + proved.size() >= served + AT_THE_DOOR + waiting;
    }

    private Optional<Connection> whoLeavesFor(AddressBlock newcomer) {
        Map<AddressBlock, Long> crowds =
                arrivals.values().stream().collect(Collectors.groupingBy(Arrival::from, Collectors.counting()));
        Function<Map.Entry<Connection, Arrival>, Long> crowd =
                arrival -> crowds.getOrDefault(arrival.getValue().from(), 0L);
        long now = System.nanoTime();
        return arrivals.entrySet().stream()
                .filter(arrival -> mayBeSentAway(arrival.getKey(), arrival.getValue(), now)
                        || (hasTooMany(crowd.apply(arrival))
                                && !arrival.getValue().from().equals(newcomer)))
                .max(Comparator.comparing(crowd)
                        .thenComparing(arrival -> arrival.getValue().age(now)))
                .map(Map.Entry::getKey);
    }

    /** The last that leaves: where there is nobody else, newcomers would wait for ever, and its transfer goes on without it. */
    private Optional<Connection> furtherStream() {
        return arrivals.isEmpty() ? joined.stream().findFirst() : Optional.empty();
    }

    private static boolean mayBeSentAway(Connection connection, Arrival arrival, long now) {
        Duration age = arrival.age(now);
        return age.compareTo(LONGEST) >= 0
                || (age.compareTo(PATIENCE) >= 0 && connection.silence().isPositive());
    }

    /** One address may have half of the places for arriving, if another needs them. */
    private boolean hasTooMany(long crowd) {
        return crowd > unproved / 2;
    }

    /** No place is given any more; those who wait for one are told. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the stop, at most so long. */
    void awaitStop(Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lock();
        try {
            while (!stopped && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody is here; false if that took too long. */
    boolean awaitIdle(Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lock();
        try {
            while (handled > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return handled == 0;
        } finally {
            lock.unlock();
        }
    }
}
