package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.ConnectionException;
import ferry.net.Security;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.ProtocolVersion;
import ferry.wire.Reason;
import ferry.wire.Side;
import ferry.wire.Token;
import java.io.IOException;
import java.time.Duration;

/**
 * The beginning of a connection that speaks the Ferry protocol, up to where its sender is let in: docs/PROTOCOL.md, sections
 * 2.2 and 6. For the connection's own thread, once.
 */
final class Handshake {
    private final Connection connection;
    private final FrameReader reader;
    private final Outbox outbox;
    private final ReceiveServices services;

    /** What a connection turns out to be. */
    sealed interface Opening {}

    /** The first stream of a transfer: who has been let in, and how. */
    record Admitted(Frame.Hello hello, int version, Grant grant) implements Opening {}

    /** A further stream, which has proved that it belongs to this transfer. */
    record Joining(LiveTransfer transfer, int stream) implements Opening {}

    Handshake(Connection connection, FrameReader reader, Outbox outbox, ReceiveServices services) {
        this.connection = connection;
        this.reader = reader;
        this.outbox = outbox;
        this.services = services;
    }

    /**
     * Reads what the sender has to show. Whose key is not let in is not listened to.
     *
     * @param limit for all that the sender has to say
     * @throws TransferException if it is not let in; NOT_FERRY if no answer is due
     */
    Opening await(Duration limit) throws IOException, TransferException, InterruptedException {
        Access access = services.access();
        Countdown left = Countdown.of(limit);
        connection.deadline(limit, "HELLO");
        try {
            Grant grant = grant(access);
            reader.readPreface();
            return switch (reader.next()) {
                case Frame.Hello hello -> admit(hello, grant, left);
                case Frame.Join join -> join(join);
                case Frame other -> throw unexpected(other, "HELLO");
            };
        } catch (ConnectionException e) {
            throw e.toTransferException();
        } finally {
            connection.clearDeadline();
        }
    }

    private Grant grant(Access access) throws TransferException {
        return connection.security() instanceof Security.Tls channel
                ? services.disk().call(() -> access.admit(connection, channel))
                : Grant.ANYBODY;
    }

    private Admitted admit(Frame.Hello hello, Grant grant, Countdown left)
            throws IOException, TransferException, InterruptedException {
        Access access = services.access();
        int version = ProtocolVersion.negotiate(hello.minVersion(), hello.maxVersion());
        if (access.requireProof(connection, hello)) {
            connection.deadline(left.left(), "the proof of the code");
            Frame.CodeProof proof = proof();
            connection.clearDeadline();
            outbox.add(access.answer(connection, proof));
        }
        return new Admitted(hello, version, grant);
    }

    /** Nobody is told what of it was wrong. */
    private Joining join(Frame.Join join) throws IOException, TransferException {
        LiveTransfer transfer = services.live()
                .find(join.transfer())
                .filter(found -> found.mayBeJoined(join, connection.security()))
                .orElseThrow(Handshake::joinRefused);
        boolean proved = switch (connection.security()) {
            case Security.Tls channel ->
                transfer.isProved(join.stream(), channel.binding().joinExporter(), join.proof());
            case Security.None _ -> {
                Token nonce = Token.random();
                outbox.add(new Frame.Challenge(nonce));
                yield transfer.isProved(join.stream(), nonce, joinProof());
            }
        };
        if (!proved) {
            throw joinRefused();
        }
        return new Joining(transfer, join.stream());
    }

    private Token joinProof() throws IOException, TransferException {
        Frame frame = reader.next();
        if (!(frame instanceof Frame.JoinProof(Token proof))) {
            throw unexpected(frame, "JOIN_PROOF");
        }
        return proof;
    }

    private static TransferException joinRefused() {
        return new TransferException(ErrorCode.JOIN_REFUSED, "receiver", "there is no such transfer, or not for you");
    }

    private Frame.CodeProof proof() throws IOException, TransferException {
        while (true) {
            switch (reader.next()) {
                case Frame.CodeProof proof -> {
                    return proof;
                }
                case Frame.KeepAlive() -> {}
                case Frame.Abort(Reason reason) ->
                    throw new TransferException(reason.codeFrom(Side.SENDER), "sender", reason.text());
                case Frame other -> throw unexpected(other, "CODE_PROOF");
            }
        }
    }

    private static TransferException unexpected(Frame frame, String expected) {
        return new TransferException(
                ErrorCode.PROTOCOL_VIOLATION, "sender", "%s: expected %s".formatted(frame.describe(), expected));
    }
}
