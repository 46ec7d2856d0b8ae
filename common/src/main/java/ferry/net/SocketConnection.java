package ferry.net;

import ferry.net.ConnectionTimeoutException.Expiry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection over a plain TCP or Unix socket. The threads are those of {@link Connection}, and the watchdog, which keeps the limits
 * and may abort.
 */
final class SocketConnection implements Connection, Watchdog.Watched {

    /**
     * A platform thread's write stays in the kernel until the peer has taken everything, so the watchdog would see a slow peer as a
     * silent one; it gets the bytes in pieces. A virtual thread's write returns with what fitted.
     */
    private static final int PLATFORM_WRITE_BYTES = 128 * 1024;

    private static final int NOTHING = -2;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(10);

    private final SocketChannel channel;
    private final String peer;
    private final boolean local;
    private final boolean isTcp;
    private final Duration roundTrip;

    private final Limits limits = new Limits();

    /** The byte that was peeked at, for the reading thread alone; or the end of the stream, -1; or {@link #NOTHING}. */
    private int peeked = NOTHING;

    private SocketConnection(SocketChannel channel, boolean isTcp, Duration roundTrip) throws IOException {
        this.roundTrip = roundTrip;
        this.channel = channel;
        this.isTcp = isTcp;
        this.peer = Addresses.peerOf(channel);
        this.local = Addresses.isLocal(channel);
    }

    static SocketConnection over(SocketChannel channel) throws IOException {
        return over(channel, Duration.ZERO);
    }

    static SocketConnection over(SocketChannel channel, Duration roundTrip) throws IOException {
        boolean isTcp = channel.getRemoteAddress() instanceof InetSocketAddress;
        if (isTcp) {
            // Ferry batches by itself; small frames must not wait for an acknowledgement.
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            // A peer that vanished without a word is found out by the system too, in states in which nobody reads or
            // writes.
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        }
        SocketConnection connection = new SocketConnection(channel, isTcp, roundTrip);
        Watchdog.shared().add(connection);
        return connection;
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public boolean isLocal() {
        return local;
    }

    @Override
    public Duration roundTrip() {
        return roundTrip;
    }

    @Override
    public int peek() throws IOException {
        if (peeked == NOTHING) {
            ByteBuffer one = ByteBuffer.allocate(1);
            peeked = receive(one) < 0 ? -1 : one.get(0) & 0xff;
        }
        return peeked;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return peeked == NOTHING || !into.hasRemaining() ? receive(into) : takePeeked(into);
    }

    @Override
    public int read(ByteBuffer into, Duration patience) throws IOException {
        if (peeked != NOTHING && into.hasRemaining()) {
            return takePeeked(into);
        }
        begin(limits.reading());
        try {
            channel.configureBlocking(false);
            try {
                return poll(into, patience);
            } finally {
                if (channel.isOpen()) {
                    channel.configureBlocking(true);
                }
            }
        } catch (IOException e) {
            throw failure(e);
        } finally {
            limits.reading().end();
        }
    }

    /** Looks again and again: the one way of a timed read that TCP and Unix channels share, and that needs no further handle. */
    private int poll(ByteBuffer into, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE.toNanos();
        while (true) {
            int count = channel.read(into);
            long left = end - System.nanoTime();
            if (count != 0 || left <= 0) {
                return count;
            }
            LockSupport.parkNanos(this, Math.min(pause, left));
            pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
        }
    }

    private int takePeeked(ByteBuffer into) {
        if (peeked < 0) {
            return -1;
        }
        into.put((byte) peeked);
        peeked = NOTHING;
        return 1;
    }

    private int receive(ByteBuffer into) throws IOException {
        begin(limits.reading());
        try {
            return channel.read(into);
        } catch (IOException e) {
            throw failure(e);
        } finally {
            limits.reading().end();
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int total = from.remaining();
        begin(limits.writing());
        try {
            while (from.hasRemaining()) {
                send(from);
                limits.writing().begin(System.nanoTime());
            }
        } catch (IOException e) {
            throw failure(e);
        } finally {
            limits.writing().end();
        }
        return total;
    }

    private void send(ByteBuffer from) throws IOException {
        if (from.remaining() <= PLATFORM_WRITE_BYTES || Thread.currentThread().isVirtual()) {
            channel.write(from);
            return;
        }
        int end = from.limit();
        from.limit(from.position() + PLATFORM_WRITE_BYTES);
        try {
            channel.write(from);
        } finally {
            from.limit(end);
        }
    }

    @Override
    public long write(ByteBuffer[] buffers) throws IOException {
        return write(buffers, 0, buffers.length);
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        long total = 0;
        int first = offset;
        int end = offset + length;
        begin(limits.writing());
        try {
            while (true) {
                while (first < end && !buffers[first].hasRemaining()) {
                    first++;
                }
                if (first == end) {
                    return total;
                }
                total += send(buffers, first, end);
                limits.writing().begin(System.nanoTime());
            }
        } catch (IOException e) {
            throw failure(e);
        } finally {
            limits.writing().end();
        }
    }

    private long send(ByteBuffer[] buffers, int first, int end) throws IOException {
        int last = first;
        int room = PLATFORM_WRITE_BYTES;
        while (last < end && buffers[last].remaining() <= room) {
            room -= buffers[last].remaining();
            last++;
        }
        if (last == end || Thread.currentThread().isVirtual()) {
            return channel.write(buffers, first, end - first);
        }
        ByteBuffer cut = buffers[last];
        int limit = cut.limit();
        cut.limit(cut.position() + room);
        try {
            return channel.write(buffers, first, last + 1 - first);
        } finally {
            cut.limit(limit);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void silenceLimit(Duration limit, String state) {
        limits.silence(limit, state);
    }

    @Override
    public void heardLimit(Duration limit, String state) {
        limits.heard(limit, state);
    }

    @Override
    public void deadline(Duration limit, String state) {
        limits.deadline(limit, state);
    }

    @Override
    public void clearDeadline() {
        limits.clearDeadline();
    }

    @Override
    public Duration silence() {
        Duration waited = limits.reading().elapsed(System.nanoTime());
        return waited.isZero() || hasUnreadBytes() ? Duration.ZERO : waited;
    }

    /** Whether our own thread is what is late, as on a machine that has much to do. A Unix socket does not tell. */
    private boolean hasUnreadBytes() {
        try {
            return isTcp && channel.socket().getInputStream().available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        Watchdog.shared().remove(this);
        channel.close();
    }

    @Override
    public void abort() {
        Watchdog.shared().remove(this);
        Sockets.abort(channel);
    }

    @Override
    public String toString() {
        return "connection with " + peer;
    }

    @Override
    public void check(long nowNanos) {
        if (limits.passesAny(nowNanos)) {
            // Not a plain close: a classic receiver would take the end of the stream for the end of the file.
            abort();
        }
    }

    private void begin(OperationClock clock) {
        long now = System.nanoTime();
        if (limits.passesDeadline(now)) {
            abort();
        }
        clock.begin(now);
    }

    private IOException failure(IOException cause) {
        Expiry reason = limits.expiry();
        if (reason != null) {
            return new ConnectionTimeoutException(peer, reason, cause);
        }
        return cause instanceof ClosedChannelException ? cause : new ConnectionLostException(peer, cause);
    }
}
