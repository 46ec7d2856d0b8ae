package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.Security;
import ferry.trust.JoinKey;
import ferry.trust.KeyFingerprint;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.Limits;
import ferry.wire.Token;
import ferry.wire.TransferId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A transfer that further streams may join, and those that have (docs/PROTOCOL.md, section 5.2).
 *
 * <p>Thread-safe; its monitor guards which streams there are, and is held for a few instructions, and by {@link #close} while it
 * waits for them to end.
 */
final class LiveTransfer {
    private final JoinKey key;
    private final int version;
    private final long features;
    private final Duration silenceLimit;
    private final Optional<KeyFingerprint> sender;
    private final IncomingTransfer transfer;
    private final Supplier<StreamContent> contents;
    private final Map<Integer, Connection> streams = new HashMap<>();
    private boolean closed;

    /**
     * @param security of the transfer's first stream
     * @param contents what takes the DATA of one further stream
     */
    LiveTransfer(
            Frame.Hello hello,
            int version,
            Security security,
            IncomingTransfer transfer,
            Supplier<StreamContent> contents) {
        this.key = new JoinKey(Token.random(), hello.transfer());
        this.version = version;
        this.features = Features.choose(hello.features());
        this.silenceLimit = hello.silenceLimit();
        this.sender = peer(security);
        this.transfer = transfer;
        this.contents = contents;
    }

    TransferId id() {
        return key.transfer();
    }

    Token secret() {
        return key.secret();
    }

    IncomingTransfer transfer() {
        return transfer;
    }

    /** After how much silence the sender gives a stream up. */
    Duration silenceLimit() {
        return silenceLimit;
    }

    /** Whether content may come compressed. */
    boolean takesZstd() {
        return (features & Features.ZSTD) != 0;
    }

    /** Whether a stream of this number, over a connection so protected, can be one of the transfer's. */
    boolean mayBeJoined(Frame.Join join, Security security) {
        return join.version() == version
                && join.stream() >= 1
                && join.stream() < Limits.MAX_STREAMS
                && sender.equals(peer(security));
    }

    /** Whether it is proved. */
    boolean isProved(int stream, Token channel, Token proof) {
        return key.verify(stream, channel, proof);
    }

    /**
     * Takes a stream in.
     *
     * @return what takes its content; {@link #leave} must follow
     * @throws TransferException JOIN_REFUSED if there is one of this number, or the transfer ends
     */
    synchronized StreamContent enter(int stream, Connection connection) throws TransferException {
        if (closed || streams.putIfAbsent(stream, connection) != null) {
            throw new TransferException(
                    ErrorCode.JOIN_REFUSED,
                    "receiver",
                    closed ? "the transfer has come to its end" : "there is a stream %d already".formatted(stream));
        }
        transfer.hasFurtherStreams();
        return contents.get();
    }

    /** The stream has posted all that it will ever post. */
    synchronized void leave(int stream) {
        streams.remove(stream);
        notifyAll();
    }

    /** Ends all streams, and waits until nothing more can come from them; an interrupt is kept for later. */
    void close() {
        List<Connection> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(streams.values());
        }
        open.forEach(Connection::abort);
        awaitNone();
    }

    private synchronized void awaitNone() {
        boolean interrupted = false;
        while (!streams.isEmpty()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<KeyFingerprint> peer(Security security) {
        return switch (security) {
            case Security.None _ -> Optional.empty();
            case Security.Tls channel -> Optional.of(channel.peer());
        };
    }
}
