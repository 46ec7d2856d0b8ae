package ferry.net;

import ferry.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * The half of a TLS connection that reads. One thread reads at a time, and never waits for the one that writes: what the engine wants
 * to answer (KeyUpdate, RFC 8446, section 4.6.3) waits for the next write, which is when the RFC wants it.
 *
 * <p>{@code lock} is the reading thread's while it reads, so that whoever closes knows when the buffers may be given back; nobody
 * waits for it. Buffers are held only while there are bytes in them: an idle connection has none.
 */
final class TlsInput {
    /** What a connection that delivers may have for records that it has received: sixteen of the largest. */
    private static final int LARGEST = 16 * TlsLink.RECORD_BYTES;

    private static final int GROWTH = 4;

    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final TlsLink link;
    private final BarrenRecords barren;
    private final ReentrantLock lock = new ReentrantLock();

    /** Received, and not opened. Ready to be read. */
    private ByteBuffer sealed = TlsLink.NONE;

    /** Opened, and not taken. Ready to be read. */
    private ByteBuffer opened = TlsLink.NONE;

    /** How large the next buffer for what is received should be. */
    private int wanted = TlsLink.RECORD_BYTES;

    /** Whether the last read filled its buffer. */
    private boolean quick;

    private boolean ended;
    private volatile boolean discarded;

    TlsInput(TlsLink link) {
        this.link = link;
        this.barren = new BarrenRecords(link);
    }

    int read(ByteBuffer into) throws IOException {
        lock.lock();
        try {
            int count = into.hasRemaining() ? take(into) : 0;
            while (count == 0 && into.hasRemaining()) {
                receive();
                count = take(into);
            }
            return count;
        } finally {
            leave();
        }
    }

    /** As the other, but waits no longer than this; 0 if nothing came. */
    int read(ByteBuffer into, Duration patience) throws IOException {
        lock.lock();
        try {
            long end = System.nanoTime() + patience.toNanos();
            int count = into.hasRemaining() ? take(into) : 0;
            long left = patience.toNanos();
            while (count == 0 && left > 0 && into.hasRemaining()) {
                hold(wanted);
                fill(Duration.ofNanos(left));
                count = take(into);
                left = end - System.nanoTime();
            }
            return count;
        } finally {
            leave();
        }
    }

    int peek() throws IOException {
        lock.lock();
        try {
            while (!opened.hasRemaining() && !ended) {
                if (holdsRecord()) {
                    openAside();
                } else {
                    receive();
                }
            }
            return opened.hasRemaining() ? opened.get(opened.position()) & 0xff : -1;
        } finally {
            leave();
        }
    }

    /** Waits for the next record of a handshake, and returns what was received, to look at alone. */
    ByteBuffer awaitHandshake() throws IOException {
        while (!holdsRecord()) {
            receive();
        }
        return sealed;
    }

    /** Opens that record. */
    SSLEngineResult handshake() throws IOException {
        ByteBuffer nothing = link.borrow(TlsLink.RECORD_BYTES);
        try {
            return link.engine().unwrap(sealed, nothing);
        } finally {
            link.release(nothing);
        }
    }

    /** Gives the buffers back, now or when the reading thread has left. Any thread. */
    void discard() {
        discarded = true;
        if (lock.tryLock()) {
            leave();
        }
    }

    private void leave() {
        if (discarded) {
            dropBuffers();
        } else if (!opened.hasRemaining()) {
            link.release(opened);
            opened = TlsLink.NONE;
        }
        lock.unlock();
        // Whoever discarded between the question and the unlocking found the lock taken.
        if (discarded && lock.tryLock()) {
            dropBuffers();
            lock.unlock();
        }
    }

    private void dropBuffers() {
        link.release(opened);
        link.release(sealed);
        opened = TlsLink.NONE;
        sealed = TlsLink.NONE;
    }

    /** Moves content that is there: the number of bytes, 0 if none is, or -1 at the end of the stream. */
    private int take(ByteBuffer into) throws IOException {
        requireUsable();
        int start = into.position();
        while (into.hasRemaining()) {
            if (opened.hasRemaining()) {
                moveOpened(into);
            } else if (ended || !holdsRecord()) {
                break;
            } else if (into.isDirect() && into.remaining() >= TlsRecord.mostContent(sealed)) {
                open(into);
            } else if (into.position() > start) {
                break;
            } else {
                openAside();
            }
        }
        int count = into.position() - start;
        return count == 0 && ended ? -1 : count;
    }

    private void moveOpened(ByteBuffer into) {
        int count = Math.min(into.remaining(), opened.remaining());
        into.put(into.position(), opened, opened.position(), count);
        into.position(into.position() + count);
        opened.position(opened.position() + count);
    }

    /** Opens a record for which the caller's buffer has no room, or which the engine would copy once more. */
    private void openAside() throws IOException {
        if (opened.capacity() == 0) {
            opened = link.borrow(TlsLink.RECORD_BYTES);
        }
        opened.clear();
        try {
            open(opened);
        } finally {
            opened.flip();
        }
    }

    private void open(ByteBuffer into) throws IOException {
        int before = sealed.position();
        try {
            SSLEngineResult result = link.engine().unwrap(sealed, into);
            switch (result.getStatus()) {
                case OK -> judge(result, sealed.position() - before);
                case CLOSED -> {
                    requireUsable();
                    judgeClosed(result);
                }
                case BUFFER_OVERFLOW, BUFFER_UNDERFLOW ->
                    throw new SSLException("a whole record, and the engine says " + result.getStatus());
            }
        } catch (SSLException e) {
            requireUsable();
            throw fail(TlsFailure.of(link.raw().peer(), e));
        }
    }

    /** Conscrypt says CLOSED of every record once our own side has ended; the peer's may go on. */
    private void judgeClosed(SSLEngineResult result) throws TlsException {
        if (link.engine().isInboundDone() || result.bytesConsumed() == 0) {
            ended = true;
        } else {
            judge(result, result.bytesConsumed());
        }
    }

    private void judge(SSLEngineResult result, int bytes) throws TlsException {
        link.used(result.bytesProduced());
        Optional<String> excess = barren.judge(result, bytes);
        if (excess.isPresent()) {
            throw violated(excess.get());
        }
    }

    private TlsException violated(String how) {
        return fail(
                new TlsException(ErrorCode.PROTOCOL_VIOLATION, link.raw().peer(), how, new SSLException("not opened")));
    }

    /** Ends the connection: not for the writer to hear of it later, for it may be waiting for a peer that reads nothing. */
    private TlsException fail(TlsException reason) {
        TlsException first = link.failed(reason);
        link.raw().abort();
        return first;
    }

    private boolean holdsRecord() throws IOException {
        if (!TlsRecord.mayBegin(sealed)) {
            throw fail(new TlsException(
                    ErrorCode.NOT_FERRY, link.raw().peer(), "does not speak TLS", new SSLException("no record")));
        }
        int length = TlsRecord.length(sealed);
        if (length > TlsRecord.HEADER_BYTES + TlsRecord.MAX_BODY_BYTES) {
            throw violated("a TLS record of %d bytes, at most %d are allowed"
                    .formatted(length - TlsRecord.HEADER_BYTES, TlsRecord.MAX_BODY_BYTES));
        }
        return sealed.remaining() >= TlsRecord.HEADER_BYTES && sealed.remaining() >= length;
    }

    /** Waits for more; without a buffer if nothing at all is there, unless the peer was faster than we last time. */
    private void receive() throws IOException {
        if (sealed.hasRemaining() || quick) {
            hold(wanted);
            fill(FOREVER);
            return;
        }
        link.release(sealed);
        sealed = TlsLink.NONE;
        if (link.raw().peek() < 0) {
            throw truncated();
        }
        hold(wanted);
        sealed.clear();
        try {
            link.raw().read(sealed);
        } finally {
            sealed.flip();
        }
    }

    /** Sees to it that there is a buffer, of this size if the pool has one. */
    private void hold(int bytes) {
        if (sealed.capacity() >= bytes) {
            return;
        }
        ByteBuffer larger = link.borrow(bytes);
        if (larger.capacity() > sealed.capacity()) {
            larger.put(sealed).flip();
            link.release(sealed);
            sealed = larger;
        } else {
            link.release(larger);
        }
    }

    private void fill(Duration patience) throws IOException {
        int count;
        sealed.compact();
        int room = sealed.remaining();
        try {
            count = patience.equals(FOREVER)
                    ? link.raw().read(sealed)
                    : link.raw().read(sealed, patience);
        } finally {
            sealed.flip();
        }
        if (count < 0) {
            throw truncated();
        }
        quick = count == room;
        if (quick) {
            wanted = Math.min(GROWTH * sealed.capacity(), LARGEST);
        } else if (count < sealed.capacity() / GROWTH) {
            wanted = Math.max(sealed.capacity() / GROWTH, TlsLink.RECORD_BYTES);
        }
    }

    private IOException truncated() {
        return new ConnectionLostException(
                link.raw().peer(), new IOException("the peer closed the connection without ending it in TLS"));
    }

    /** Throws what was found before, or what the raw connection says of why it is closed. */
    private void requireUsable() throws IOException {
        TlsException failure = link.failure();
        if (failure != null) {
            throw failure;
        }
        if (!link.raw().isOpen()) {
            link.raw().read(ByteBuffer.allocate(1));
            throw new ClosedChannelException();
        }
    }
}
