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

    /** Who has been let in, and how. */
    record Admitted(Frame.Hello hello, int version, Grant grant) {}

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
    Admitted await(Duration limit) throws IOException, TransferException, InterruptedException {
        Access access = services.access();
        Countdown left = Countdown.of(limit);
        connection.deadline(limit, "HELLO");
        try {
            Grant grant = grant(access);
            Frame.Hello hello = hello();
            int version = ProtocolVersion.negotiate(hello.minVersion(), hello.maxVersion());
            if (access.requireProof(connection, hello)) {
                connection.deadline(left.left(), "the proof of the code");
                Frame.CodeProof proof = proof();
                connection.clearDeadline();
                outbox.add(access.answer(connection, proof));
            }
            return new Admitted(hello, version, grant);
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

    private Frame.Hello hello() throws IOException, TransferException {
        reader.readPreface();
        return switch (reader.next()) {
            case Frame.Hello hello -> hello;
            case Frame.Join _ ->
                throw new TransferException(
                        ErrorCode.JOIN_REFUSED, "receiver", "this version takes one stream a transfer");
            case Frame other -> throw unexpected(other, "HELLO");
        };
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
