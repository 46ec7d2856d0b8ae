package ferry.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A few file handles that are held for nothing, so that there are some to let go of when the process has run out: whoever is being
 * served can then still open a file, and the JVM a class. Thread-safe; {@code lock} guards the reserve, and opening and closing an
 * unconnected socket never blocks.
 */
final class HandleReserve implements AutoCloseable {
    private static final int SIZE = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<SocketChannel> held = new ArrayDeque<>(SIZE);

    /** Takes what is missing; false, and nothing is held, if there are not so many handles. */
    boolean fill() {
        lock.lock();
        try {
            while (held.size() < SIZE) {
                held.push(SocketChannel.open());
            }
            return true;
        } catch (IOException e) {
            release();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of the reserve. Uses nothing that might still have to be loaded, for which there would be no handle. */
    void release() {
        lock.lock();
        try {
            while (!held.isEmpty()) {
                held.pop().close();
            }
        } catch (IOException e) {
            // An unconnected socket has nothing to lose, and its handle is free all the same.
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        release();
    }
}
