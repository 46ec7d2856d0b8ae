package ferry.send;

import ferry.net.Connection;
import ferry.net.Security;
import ferry.trust.ChannelBinding;
import ferry.trust.KeyFingerprint;
import ferry.wire.Token;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A connection of which nothing is known but whose key is at its other end, and where that is; nothing can be said over it.
 *
 * @param isLocal whether both ends are on this machine
 */
record KeyedConnection(KeyFingerprint key, boolean isLocal) implements Connection {
    static KeyedConnection far(KeyFingerprint key) {
        return new KeyedConnection(key, false);
    }

    static KeyedConnection near(KeyFingerprint key) {
        return new KeyedConnection(key, true);
    }

    @Override
    public Security security() {
        return new Security.Tls(key, new ChannelBinding(Token.NONE, Token.NONE, Token.NONE, Token.NONE), "test");
    }

    @Override
    public String peer() {
        return "192.0.2.7:7363";
    }

    @Override
    public int peek() {
        throw untouchable();
    }

    @Override
    public int read(ByteBuffer into) {
        throw untouchable();
    }

    @Override
    public int read(ByteBuffer into, Duration patience) {
        throw untouchable();
    }

    @Override
    public int write(ByteBuffer from) {
        throw untouchable();
    }

    @Override
    public long write(ByteBuffer[] buffers) {
        throw untouchable();
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) {
        throw untouchable();
    }

    @Override
    public void shutdownOutput() {
        throw untouchable();
    }

    @Override
    public void silenceLimit(Duration limit, String state) {
        throw untouchable();
    }

    @Override
    public void heardLimit(Duration limit, String state) {
        throw untouchable();
    }

    @Override
    public void deadline(Duration limit, String state) {
        throw untouchable();
    }

    @Override
    public void clearDeadline() {
        throw untouchable();
    }

    @Override
    public void abort() {
        throw untouchable();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        throw untouchable();
    }

    private static AssertionError untouchable() {
        return new AssertionError("the key was not checked yet");
    }
}
