package ferry.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A relay between sender and receiver that can be cut and mended, like a cable. While it is cut, nobody gets through: connections
 * are reset, as by a router that has lost its memory.
 */
final class Cable implements AutoCloseable {
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong untilCut = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong untilHold = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong connections = new AtomicLong();
    private volatile Optional<Socket> latest = Optional.empty();
    private volatile int port;
    private volatile boolean isCut;

    private Cable(ServerSocket server, int port) {
        this.server = server;
        this.port = port;
    }

    /** To what listens on this port of this machine. */
    static Cable to(int port) {
        try {
            Cable cable = new Cable(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
            Thread.ofPlatform().daemon().name("cable").start(cable::accept);
            return cable;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String endpoint() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** From now on it leads to another port. */
    void leadTo(int other) {
        port = other;
    }

    /** How many connections came through. */
    long connections() {
        return connections.get();
    }

    /** Cuts all that is connected, and whoever connects until it is mended. */
    void cut() {
        isCut = true;
        cutOnce();
    }

    /** Cuts all that is connected now. */
    void cutOnce() {
        untilHold.set(Long.MAX_VALUE);
        open.forEach(Cable::reset);
    }

    /** Cuts the connection that came last, and no other. */
    void cutLatest() {
        latest.ifPresent(Cable::reset);
    }

    /** Cuts all that is connected, once, when so many further bytes have gone from the sender to the receiver. */
    void cutAfter(long bytes) {
        untilCut.set(bytes);
    }

    /**
     * When so many further bytes have gone from the sender to the receiver, no answers come back any more, until all is cut; the next
     * connection is as it should be.
     */
    void holdAnswersAfter(long bytes) {
        untilHold.set(bytes);
    }

    void mend() {
        isCut = false;
    }

    private void accept() {
        try {
            while (true) {
                connect(server.accept());
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void connect(Socket sender) {
        if (isCut) {
            reset(sender);
            return;
        }
        try {
            Socket receiver = new Socket();
            receiver.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            connections.incrementAndGet();
            open.add(sender);
            open.add(receiver);
            latest = Optional.of(sender);
            Thread.ofVirtual().start(() -> pass(sender, receiver, true));
            Thread.ofVirtual().start(() -> pass(receiver, sender, false));
        } catch (IOException e) {
            reset(sender);
        }
    }

    private void pass(Socket from, Socket to, boolean isCounted) {
        byte[] buffer = new byte[16_384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (!isCounted && untilHold.get() <= 0) {
                    continue;
                }
                out.write(buffer, 0, length);
                if (isCounted && untilHold.get() != Long.MAX_VALUE) {
                    untilHold.addAndGet(-length);
                }
                if (isCounted && untilCut.addAndGet(-length) <= 0) {
                    untilCut.set(Long.MAX_VALUE);
                    cutOnce();
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            reset(from);
            reset(to);
        } finally {
            open.remove(from);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is gone.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cutOnce();
    }
}
