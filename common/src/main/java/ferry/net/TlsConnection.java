package ferry.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLException;

/**
 * A connection inside TLS 1.3, over another one that it owns. The threads are those of {@link Connection}; limits are the inner
 * connection's, where all the waiting is.
 *
 * <p>The end of the stream is close_notify (RFC 8446, section 6.1); without it the connection was broken off, and ends in a
 * {@link ConnectionLostException}. A peer that has ended its stream may be unable to take more: with Conscrypt nothing can be written
 * after its end was read.
 */
final class TlsConnection implements Connection {
    private final TlsLink link;
    private final TlsInput input;
    private final TlsOutput output;
    private final Security.Tls security;

    TlsConnection(TlsLink link, TlsInput input, TlsOutput output, Security.Tls security) {
        this.link = link;
        this.input = input;
        this.output = output;
        this.security = security;
    }

    @Override
    public String peer() {
        return link.raw().peer();
    }

    @Override
    public boolean isLocal() {
        return link.raw().isLocal();
    }

    @Override
    public Duration roundTrip() {
        return link.raw().roundTrip();
    }

    @Override
    public Security security() {
        return security;
    }

    @Override
    public int peek() throws IOException {
        return input.peek();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return input.read(into);
    }

    @Override
    public int read(ByteBuffer into, Duration patience) throws IOException {
        return input.read(into, patience);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return (int) output.write(new ByteBuffer[] {from}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] buffers) throws IOException {
        return output.write(buffers, 0, buffers.length);
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        return output.write(buffers, offset, length);
    }

    /** Ends the stream in TLS, and then in the connection below. Waits for a write that is under way. */
    @Override
    public void shutdownOutput() throws IOException {
        output.end();
        link.raw().shutdownOutput();
    }

    @Override
    public void silenceLimit(Duration limit, String state) {
        link.raw().silenceLimit(limit, state);
    }

    @Override
    public void heardLimit(Duration limit, String state) {
        link.raw().heardLimit(limit, state);
    }

    @Override
    public void deadline(Duration limit, String state) {
        link.raw().deadline(limit, state);
    }

    @Override
    public void clearDeadline() {
        link.raw().clearDeadline();
    }

    @Override
    public Duration silence() {
        return link.raw().silence();
    }

    @Override
    public boolean isOpen() {
        return link.raw().isOpen();
    }

    /** Ends the stream in TLS if nobody is writing, for a second at most, and closes. */
    @Override
    public void close() throws IOException {
        try {
            output.endQuietly();
            link.raw().close();
        } finally {
            free();
        }
    }

    @Override
    public void abort() {
        link.raw().abort();
        free();
    }

    @Override
    public String toString() {
        return "TLS connection with " + peer();
    }

    /** Lets the engine go too: what it holds outside of Java's heap would else stay until it is collected. */
    private void free() {
        input.discard();
        link.engine().closeOutbound();
        try {
            link.engine().closeInbound();
        } catch (SSLException e) {
            // It complains that the peer has not ended its stream, which is no longer of interest.
        }
    }
}
