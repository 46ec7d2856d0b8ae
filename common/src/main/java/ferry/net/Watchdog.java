package ferry.net;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The process's one thread that looks at its connections a few times a second and ends those that are overdue, since a blocking read
 * into a direct buffer has no time-out of its own. Thread-safe. Holds no lock; a connection costs it a few reads of memory per round
 * and nothing per read.
 */
final class Watchdog {

    /** What is looked at. */
    interface Watched {
        /** Looks whether this is overdue and if so ends it, without blocking. Called on the watchdog's thread. */
        void check(long nowNanos);
    }

    /** How late a limit may be noticed. */
    static final Duration INTERVAL = Duration.ofMillis(200);

    private static final Watchdog SHARED = started();

    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean idle;

    private Watchdog() {
        thread = Thread.ofPlatform().daemon().name("ferry-watchdog").unstarted(this::run);
    }

    private static Watchdog started() {
        Watchdog watchdog = new Watchdog();
        watchdog.thread.start();
        return watchdog;
    }

    /** The watchdog of this process, running since its first use. */
    static Watchdog shared() {
        return SHARED;
    }

    void add(Watched one) {
        watched.add(one);
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    void remove(Watched one) {
        watched.remove(one);
    }

    private void run() {
        while (true) {
            if (watched.isEmpty()) {
                sleepUntilNeeded();
            } else {
                LockSupport.parkNanos(this, INTERVAL.toNanos());
                checkAll();
            }
        }
    }

    /** {@code add} writes the set and then reads {@code idle}; we do it the other way round, so one of us sees the other. */
    private void sleepUntilNeeded() {
        idle = true;
        if (watched.isEmpty()) {
            LockSupport.park(this);
        }
        idle = false;
    }

    /** Whatever one of them does, the others keep their watch; one that throws is broken and would only do it again. */
    private void checkAll() {
        long now = System.nanoTime();
        watched.removeIf(one -> !checked(one, now));
    }

    private boolean checked(Watched one, long nowNanos) {
        try {
            one.check(nowNanos);
            return true;
        } catch (RuntimeException | Error problem) {
            report(problem);
            return false;
        }
    }

    private void report(Throwable problem) {
        Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
        if (handler != null) {
            handler.uncaughtException(thread, problem);
        }
    }
}
