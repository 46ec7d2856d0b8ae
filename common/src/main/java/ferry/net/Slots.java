package ferry.net;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The places for connections: so many that are served, then a few that are refused politely, then none. Thread-safe; {@code lock}
 * guards the counts, and is never held across I/O.
 */
final class Slots {

    /** What becomes of a connection. */
    enum Admission {
        SERVED,
        REFUSED,
        /** There will be no more. */
        STOPPED
    }

    private final int maxServed;
    private final int maxRefused;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int served;
    private int refused;
    private boolean stopped;

    Slots(int maxServed, int maxRefused) {
        this.maxServed = maxServed;
        this.maxRefused = maxRefused;
    }

    int maxServed() {
        return maxServed;
    }

    /** Waits until a connection would find a place, or none ever will. */
    void awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (!stopped && served >= maxServed && refused >= maxRefused) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes a place, waiting for one if others were quicker; give it back with {@link #release} unless STOPPED. */
    Admission take() throws InterruptedException {
        lock.lock();
        try {
            awaitRoom();
            if (stopped) {
                return Admission.STOPPED;
            }
            if (served < maxServed) {
                served++;
                return Admission.SERVED;
            }
            refused++;
            return Admission.REFUSED;
        } finally {
            lock.unlock();
        }
    }

    void release(Admission admission) {
        lock.lock();
        try {
            switch (admission) {
                case SERVED -> served--;
                case REFUSED -> refused--;
                case STOPPED -> throw new IllegalStateException("no place was taken");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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

    /** Waits until no place is taken; false if that took too long. */
    boolean awaitIdle(Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lock();
        try {
            while (served + refused > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return served + refused == 0;
        } finally {
            lock.unlock();
        }
    }
}
