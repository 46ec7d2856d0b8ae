package ferry.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The half of a TLS connection that writes. {@code lock} is held while the raw connection takes the bytes; the reader never waits for
 * it, and whoever closes only tries it. Buffers are held during a write alone.
 */
final class TlsOutput {
    /** Records that go out with one call of the system, if there is so much to write. */
    private static final int RECORDS = 16;

    /** How long the peer may take for the end of the stream when the connection is closed. */
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final TlsLink link;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean ended;

    TlsOutput(TlsLink link) {
        this.link = link;
    }

    long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        lock.lock();
        try {
            long total = 0;
            for (int i = offset; i < offset + length; i++) {
                total += buffers[i].remaining();
            }
            if (total > 0) {
                requireUsable();
                writeAll(new TlsContent(buffers, offset, length, link), sizeFor(total));
            }
            return total;
        } finally {
            lock.unlock();
        }
    }

    /** Writes what the engine has to say by itself: a handshake, or an alert. */
    HandshakeStatus flush() throws IOException {
        lock.lock();
        try {
            ByteBuffer out = link.borrow(TlsLink.RECORD_BYTES);
            try {
                return flush(out);
            } finally {
                link.release(out);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tells the peer that no more comes, unless it was told; waits for a write that is under way. */
    void end() throws IOException {
        lock.lock();
        try {
            if (!ended) {
                requireUsable();
                sayEnd();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The same before the connection is closed, unless somebody writes or nothing can be written; waits for a second at most. */
    void endQuietly() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (!ended && link.raw().isOpen() && link.failure() == null) {
                link.raw().deadline(GOODBYE, "the end of the TLS stream");
                sayEnd();
            }
        } catch (IOException e) {
            // The peer is gone, which is as good an end.
        } finally {
            lock.unlock();
        }
    }

    private void sayEnd() throws IOException {
        ended = true;
        link.engine().closeOutbound();
        ByteBuffer out = link.borrow(TlsLink.RECORD_BYTES);
        try {
            flush(out);
        } finally {
            link.release(out);
        }
    }

    private static int sizeFor(long total) {
        long records = (total + TlsRecord.MAX_CONTENT_BYTES - 1) / TlsRecord.MAX_CONTENT_BYTES;
        return (int) Math.min(records, RECORDS) * TlsLink.RECORD_BYTES;
    }

    private void writeAll(TlsContent content, int size) throws IOException {
        ByteBuffer out = link.borrow(size);
        try {
            while (content.hasRemaining()) {
                seal(content.next(), out);
                if (out.remaining() < TlsLink.RECORD_BYTES) {
                    send(out);
                }
            }
            send(out);
        } finally {
            link.release(out);
            content.close();
        }
    }

    /** Seals one record; the engine may put answers of its own before it. */
    private void seal(ByteBuffer content, ByteBuffer out) throws IOException {
        SSLEngineResult result = wrap(content, out);
        link.used(result.bytesConsumed());
        switch (result.getStatus()) {
            case OK -> link.paid();
            case BUFFER_OVERFLOW -> {
                if (out.position() == 0) {
                    throw new SSLException("no room for a record in " + out.capacity() + " bytes");
                }
                send(out);
            }
            case CLOSED -> {
                requireUsable();
                throw new ConnectionLostException(link.raw().peer(), new IOException("broken pipe"));
            }
            case BUFFER_UNDERFLOW -> throw new SSLException("sealing needs no more input");
        }
    }

    private HandshakeStatus flush(ByteBuffer out) throws IOException {
        SSLEngineResult result;
        do {
            result = wrap(TlsLink.NONE, out);
            if (result.getStatus() == Status.BUFFER_OVERFLOW && out.position() == 0) {
                throw new SSLException("no room for a record in " + out.capacity() + " bytes");
            }
            send(out);
        } while (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                && (result.bytesProduced() > 0 || result.getStatus() == Status.BUFFER_OVERFLOW));
        return result.getHandshakeStatus();
    }

    private SSLEngineResult wrap(ByteBuffer content, ByteBuffer out) throws IOException {
        try {
            if (content.hasRemaining()) {
                link.renewKeysIfDue();
            }
            return link.engine().wrap(content, out);
        } catch (SSLException e) {
            requireUsable();
            throw link.failed(TlsFailure.of(link.raw().peer(), e));
        }
    }

    private void send(ByteBuffer out) throws IOException {
        link.raw().write(out.flip());
        out.clear();
    }

    private void requireUsable() throws IOException {
        TlsException failure = link.failure();
        if (failure != null) {
            throw failure;
        }
        if (!link.raw().isOpen()) {
            link.raw().write(ByteBuffer.allocate(1));
        }
        if (ended) {
            throw new ClosedChannelException();
        }
    }
}
