package ferry.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One open, blocking stream to a peer, over whatever carries it. At most one thread reads and one writes at a time; any thread may
 * close, abort, or set limits.
 *
 * <p>A write returns when everything is written (to the system, not to the peer). The end of the stream is -1 as usual; a connection
 * that was reset or broke ends in a {@link ConnectionLostException} instead, so a lost peer is never taken for a finished one. After
 * a failed write the input may still hold the peer's reason.
 *
 * <p>Limits: time counts only while a thread is inside a read or a write of this connection. When a limit is over, the connection is
 * aborted and the blocked call, like all later ones, ends in a {@link ConnectionTimeoutException} which names the state. A
 * connection begins without limits.
 */
public interface Connection extends ByteChannel, GatheringByteChannel {

    /** A connection over this connected, blocking channel, TCP or Unix, which it owns from now on. */
    static Connection over(SocketChannel channel) throws IOException {
        return SocketConnection.over(channel);
    }

    /** The other end's address as a person would type it, such as {@code 192.0.2.7:51000} or {@code unix:/run/ferry.sock}. */
    String peer();

    /** Whether both ends are on this machine, so that nobody between them can listen. */
    boolean isLocal();

    /** How long the peer's system took to answer when this connection was opened; zero if nobody can tell. Never changes. */
    default Duration roundTrip() {
        return Duration.ZERO;
    }

    /** How this connection is protected; never changes. */
    default Security security() {
        return new Security.None();
    }

    /**
     * The first byte that the next read will return (0 to 255), or -1 at the end of the stream; waits for it and doesn't consume
     * it. Counts as a read.
     */
    int peek() throws IOException;

    /**
     * Reads what is there, waiting for it no longer than {@code patience}, and leaves the connection open when nothing came. For
     * rare, short waits: there must be no other thread in a write of this connection meanwhile.
     *
     * @return the bytes read, 0 if none came in time, -1 at the end of the stream
     */
    int read(ByteBuffer into, Duration patience) throws IOException;

    /** Writes the remaining bytes of all these buffers, in order. */
    @Override
    long write(ByteBuffer[] buffers) throws IOException;

    /** Tells the peer that no more bytes will come; it reads the end of the stream. */
    void shutdownOutput() throws IOException;

    /**
     * How long a read may wait for its first byte, and a write for the peer to take any; zero for no limit. Cheap enough to be set
     * whenever the state changes.
     *
     * @param state what is being waited for, in a few words: {@code WELCOME} gives "waited 30 s for WELCOME"
     */
    void silenceLimit(Duration limit, String state);

    /**
     * As {@link #silenceLimit}, but a write may take as long as the peer keeps being heard: for a protocol with keep-alives, whose
     * peer may be slow and yet well. There must be a thread that reads all the time. Replaces the silence limit.
     */
    void heardLimit(Duration limit, String state);

    /**
     * From now on everything read and written must be done within this time, however busy the peer keeps us. Replaces the deadline
     * before.
     *
     * @param state what must be reached, in a few words
     */
    void deadline(Duration limit, String state);

    /** Takes back the deadline. */
    void clearDeadline();

    /**
     * For how long it has been the peer's turn: a thread is in a read, and nothing is there. Zero if not, or if nobody can tell. For
     * any thread.
     */
    default Duration silence() {
        return Duration.ZERO;
    }

    /**
     * Closes in a way that the peer cannot mistake for a proper end: TCP sends a reset. On a Unix socket the peer sees a reset only
     * if it had sent bytes that nobody read; there is no way to force one. Never throws.
     */
    void abort();
}
