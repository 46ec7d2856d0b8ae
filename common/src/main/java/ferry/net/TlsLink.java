package ferry.net;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What the two halves of a TLS connection share. Thread-safe without a lock of its own; the engine has one, which it holds while it
 * seals or opens a record and never while anybody waits for the network.
 */
final class TlsLink {
    /** Room for a record of 16 KiB with its header and all that sealing adds to it; the JDK's engine asks for 16,709 bytes. */
    static final int RECORD_BYTES = 17 << 10;

    /** In place of a buffer that is not held at the moment; always empty. */
    static final ByteBuffer NONE = ByteBuffer.allocate(0);

    /**
     * How many records that demand an answer the peer may send while we write nothing. Each costs up to 6 KiB of memory until we write;
     * an honest peer sends one when it has used its key for many gigabytes.
     */
    private static final int MAX_OWED = 8;

    private final Connection raw;
    private final TlsEngines engines;
    private final SSLEngine engine;
    private final BufferPool buffers;
    private final long keyBytes;
    private final AtomicLong bytesOfThisKey = new AtomicLong();
    private final AtomicInteger owed = new AtomicInteger();
    private final AtomicReference<@Nullable TlsException> failure = new AtomicReference<>();

    /**
     * The link of one connection.
     *
     * @param keyBytes after how many bytes of both directions together we ask for new keys
     */
    TlsLink(Connection raw, TlsEngines engines, SSLEngine engine, BufferPool buffers, long keyBytes) {
        this.raw = raw;
        this.engines = engines;
        this.engine = engine;
        this.buffers = buffers;
        this.keyBytes = keyBytes;
    }

    Connection raw() {
        return raw;
    }

    SSLEngine engine() {
        return engine;
    }

    ByteBuffer borrow(int preferredBytes) {
        return buffers.borrow(preferredBytes);
    }

    /** Takes a buffer back, if it is one. */
    void release(ByteBuffer buffer) {
        if (buffer.capacity() > 0) {
            buffers.release(buffer);
        }
    }

    /** Counts content that was sealed or opened. */
    void used(int bytes) {
        bytesOfThisKey.addAndGet(bytes);
    }

    /** Asks for new keys in both directions if these have been used enough; for the writing thread. */
    void renewKeysIfDue() throws SSLException {
        if (bytesOfThisKey.get() >= keyBytes) {
            bytesOfThisKey.set(0);
            engines.askForNewKeys(engine);
        }
    }

    /** A record came that the engine will answer before the next one that we write; false if that were too many answers. */
    boolean mayOweOneMore() {
        return owed.incrementAndGet() <= MAX_OWED;
    }

    /** What the engine owed was written. */
    void paid() {
        owed.set(0);
    }

    /** Remembers why TLS is of no more use; the first reason stays. */
    TlsException failed(TlsException reason) {
        TlsException first = failure.compareAndExchange(null, reason);
        return first == null ? reason : first;
    }

    /** Why TLS is of no more use, if it isn't. */
    @Nullable
    TlsException failure() {
        return failure.get();
    }
}
