package ferry.send;

import ferry.error.TransferException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between the scan and the session: scanning runs ahead of sending by so much and no further, so that
 * two million files need no more memory than a thousand. Thread-safe; its lock is held for a few instructions.
 */
final class ScanQueue implements ScanSource {
    /** Entries that may wait; about a kilobyte each. */
    static final int CAPACITY = 1024;

    private final ReentrantLock lock = new ReentrantLock();
    /** For those who take: an entry, or the end. */
    private final Condition arrived = lock.newCondition();
    /** For the scan: half of the queue is free, so that the two don't wake each other for each entry. */
    private final Condition room = lock.newCondition();

    private final Deque<SourceEntry> waiting = new ArrayDeque<>();
    private State state = State.OPEN;
    private @Nullable Throwable fault;
    private @Nullable TransferException failure;

    private enum State {
        OPEN,
        /** The scan is over; what waits is still to be taken. */
        FINISHED,
        /** Nobody wants anything any more. */
        CLOSED
    }

    /** Waits for room; drops the entry if the queue is closed. Only for the scan's thread. */
    void put(SourceEntry entry) {
        lock.lock();
        try {
            while (state == State.OPEN && waiting.size() >= CAPACITY) {
                room.awaitUninterruptibly();
            }
            if (state == State.OPEN) {
                waiting.addLast(entry);
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The scan has found everything. */
    void finish() {
        moveTo(State.FINISHED);
    }

    /** The scan broke for a fault of ours, which whoever takes next is told. */
    void fail(Throwable problem) {
        lock.lock();
        try {
            fault = problem;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Without what has failed the rest is of no use: whoever takes is told at once. */
    void spoil(TransferException cause) {
        lock.lock();
        try {
            failure = failure == null ? cause : failure;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody will take any more: the scan ends soon, and a waiting {@code take} at once. */
    void close() {
        moveTo(State.CLOSED);
    }

    boolean isClosed() {
        lock.lock();
        try {
            return state == State.CLOSED;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Next take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<Next> next = next();
                if (next.isPresent()) {
                    return next.get();
                }
                arrived.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Next> next() {
        if (fault != null) {
            throw new IllegalStateException("the scan of the sources broke", fault);
        }
        if (state == State.CLOSED) {
            return Optional.of(new Next.End());
        }
        if (failure != null) {
            return Optional.of(new Next.Failed(failure));
        }
        if (!waiting.isEmpty()) {
            SourceEntry first = waiting.removeFirst();
            if (waiting.size() <= CAPACITY / 2) {
                room.signal();
            }
            return Optional.of(new Next.Found(first));
        }
        return state == State.FINISHED ? Optional.of(new Next.End()) : Optional.empty();
    }

    private void moveTo(State next) {
        lock.lock();
        try {
            if (state != State.CLOSED) {
                state = next;
                arrived.signalAll();
                room.signal();
            }
        } finally {
            lock.unlock();
        }
    }
}
