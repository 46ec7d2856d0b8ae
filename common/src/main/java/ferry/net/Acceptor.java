package ferry.net;

import ferry.error.TransferException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Accepts connections on one or more listening sockets, whatever any of them does, until it is stopped. Each socket has a platform
 * thread, each connection a virtual thread on which its {@link ConnectionHandler} runs. All methods may be called from any thread.
 *
 * <p>{@link Places} says how many connections there may be, and who leaves when more come; until somebody does, accepting pauses
 * and the system queues. To shut down: {@link #stopAccepting}, {@link #awaitIdle} for the grace time, {@link #closeConnections}; or
 * {@link #close} for all of it at once.
 */
public final class Acceptor implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** After so much time without trouble it is over; handles that come and go one by one are one episode. */
    private static final Duration CALM = Duration.ofSeconds(2);

    private final List<ListeningSocket> sockets;
    private final ConnectionHandler handler;
    private final AcceptListener listener;
    private final Places places;
    private final HandleReserve reserve = new HandleReserve();
    private final List<Thread> threads;
    private final AtomicLong connectionNumber = new AtomicLong();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private Acceptor(List<ListeningSocket> sockets, Places places, ConnectionHandler handler, AcceptListener listener) {
        this.sockets = sockets;
        this.places = places;
        this.handler = handler;
        this.listener = listener;
        this.threads = sockets.stream()
                .map(socket -> Thread.ofPlatform()
                        .name("ferry-accept " + socket.endpoint())
                        .unstarted(() -> acceptAll(socket)))
                .toList();
    }

    /**
     * Listens on all these endpoints, or on none, and begins to accept.
     *
     * @param backlog how many connections the system may queue for us; it may cut this (Linux: {@code net.core.somaxconn})
     * @param places for this acceptor alone; the handler may tell it what a connection has proved
     * @throws TransferException LISTEN_FAILED or HOST_UNKNOWN, with a hint
     */
    public static Acceptor open(
            List<Endpoint> endpoints, int backlog, Places places, ConnectionHandler handler, AcceptListener listener)
            throws TransferException {
        List<ListeningSocket> sockets = ListeningSocket.openAll(endpoints, backlog);
        Acceptor acceptor = new Acceptor(sockets, places, handler, listener);
        acceptor.reserve.fill();
        acceptor.threads.forEach(Thread::start);
        return acceptor;
    }

    /** Where this listens, in the order asked for, with the ports that the system chose. */
    public List<Endpoint> endpoints() {
        return sockets.stream().map(ListeningSocket::endpoint).toList();
    }

    /** Closes the listening sockets; when this returns no further connection reaches a handler. Those being served go on. */
    public void stopAccepting() {
        places.stop();
        sockets.forEach(ListeningSocket::close);
        boolean interrupted = false;
        for (Thread thread : threads) {
            interrupted |= thread != Thread.currentThread() && !joined(thread);
        }
        reserve.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until no connection is being served; false if that takes longer than this. */
    public boolean awaitIdle(Duration longest) throws InterruptedException {
        return places.awaitIdle(longest);
    }

    /** Stops accepting and aborts all connections; their handlers' reads and writes end in an exception. */
    public void closeConnections() {
        closing = true;
        stopAccepting();
        connections.forEach(Connection::abort);
    }

    /** Stops accepting, aborts all connections, and waits a little for their handlers. */
    @Override
    public void close() {
        closeConnections();
        try {
            awaitIdle(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean joined(Thread thread) {
        try {
            thread.join();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void acceptAll(ListeningSocket socket) {
        Episode trouble = new Episode(socket.endpoint());
        while (!places.isStopped()) {
            try {
                SocketChannel channel = socket.accept();
                trouble.accepted();
                admit(channel);
            } catch (ClosedChannelException e) {
                return;
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException | Error problem) {
                // Out of handles, or of memory, or worse: nothing that happens here may end the accepting.
                trouble.goesOn(problem);
            }
        }
    }

    private void admit(SocketChannel channel) throws InterruptedException {
        Connection connection;
        try {
            connection = SocketConnection.over(channel);
        } catch (IOException e) {
            // Gone between its arrival and now.
            Sockets.abort(channel);
            return;
        }
        if (!places.enter(connection, () -> tell(listener::crowded))) {
            connection.abort();
            return;
        }
        try {
            Thread.ofVirtual()
                    .name("ferry-connection-" + connectionNumber.incrementAndGet())
                    .start(() -> serve(connection));
        } catch (RuntimeException | Error problem) {
            connection.abort();
            places.leave(connection);
            throw problem;
        }
    }

    private void serve(Connection connection) {
        try {
            connections.add(connection);
            if (closing) {
                connection.abort();
            }
            handler.handle(connection);
            Sockets.closeQuietly(connection);
        } catch (Throwable problem) {
            // The last resort for this connection, and the reason why no other connection notices.
            connection.abort();
            tell(() -> listener.failed(connection.peer(), problem));
        } finally {
            connections.remove(connection);
            places.leave(connection);
        }
    }

    /** Listeners promise not to throw; one that does must not stop the accepting. */
    private static void tell(Runnable message) {
        try {
            message.run();
        } catch (RuntimeException bug) {
            Thread thread = Thread.currentThread();
            Thread.UncaughtExceptionHandler last = thread.getUncaughtExceptionHandler();
            if (last != null) {
                last.uncaughtException(thread, bug);
            }
        }
    }

    /** A time in which one socket cannot accept: told of once, and waited through with growing pauses. For its accepting thread. */
    private final class Episode {
        private final Endpoint endpoint;
        private Backoff pauses = freshPauses();
        private boolean told;
        private long lastTrouble;

        Episode(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        void goesOn(Throwable problem) {
            reserve.release();
            if (!told) {
                told = true;
                String why = problem instanceof IOException failure ? Sockets.why(failure) : problem.toString();
                tell(() -> listener.paused(endpoint, why));
            }
            try {
                do {
                    places.awaitStop(pauses.next().orElse(LONGEST_PAUSE));
                } while (!places.isStopped() && !reserve.fill());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            lastTrouble = System.nanoTime();
        }

        void accepted() {
            if (!told) {
                return;
            }
            pauses = freshPauses();
            if (System.nanoTime() - lastTrouble >= CALM.toNanos()) {
                told = false;
                tell(() -> listener.resumed(endpoint));
            }
        }

        private static Backoff freshPauses() {
            return Backoff.unending(FIRST_PAUSE, LONGEST_PAUSE);
        }
    }
}
