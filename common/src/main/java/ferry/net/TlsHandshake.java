package ferry.net;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.trust.ChannelBinding;
import ferry.trust.KeyFingerprint;
import ferry.wire.Token;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** One handshake (RFC 8446, section 4), by the thread that is to use the connection; the engine's tasks run on it too. */
final class TlsHandshake {
    /** Records that a handshake may take; an honest one has a dozen. */
    private static final int MAX_RECORDS = 100;

    private static final String STATE = "the TLS handshake";

    private final TlsLink link;
    private final TlsInput input;
    private final TlsOutput output;

    private final TlsEngines engines;

    TlsHandshake(TlsLink link, TlsEngines engines) {
        this.link = link;
        this.engines = engines;
        this.input = new TlsInput(link);
        this.output = new TlsOutput(link);
    }

    /** What the handshake gives: the connection. If it fails the peer is told why, and the connection below is closed. */
    Connection run(Side side, Duration limit) throws TransferException {
        Connection raw = link.raw();
        raw.deadline(limit, STATE);
        try {
            agree(side);
            raw.clearDeadline();
            return new TlsConnection(link, input, output, security(side));
        } catch (IOException e) {
            TransferException failure = failure(e);
            sayWhy(e);
            throw failure;
        } catch (RuntimeException | Error e) {
            raw.abort();
            free();
            throw e;
        }
    }

    /** Which end we are. */
    enum Side {
        CLIENT,
        SERVER
    }

    private void agree(Side side) throws IOException {
        SSLEngine engine = link.engine();
        try {
            engine.beginHandshake();
            HandshakeStatus status = engine.getHandshakeStatus();
            int records = 0;
            while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
                status = switch (status) {
                    case NEED_TASK -> runTasks(engine);
                    case NEED_WRAP -> output.flush();
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        records++;
                        if (records > MAX_RECORDS) {
                            throw new SSLException("more than %d records".formatted(MAX_RECORDS));
                        }
                        requireWillingness(side, input.awaitHandshake());
                        yield input.handshake().getHandshakeStatus();
                    }
                    case FINISHED, NOT_HANDSHAKING -> status;
                };
            }
        } catch (SSLException e) {
            throw TlsFailure.of(link.raw().peer(), e);
        }
    }

    /**
     * A receiver that speaks plain alone, or has no place, may say so before it has read our first record, as
     * {@link Tls#refuseHandshake} does.
     */
    private void requireWillingness(Side side, ByteBuffer received) throws TlsException {
        if (side == Side.SERVER) {
            return;
        }
        if (TlsRecord.isAlert(received, TlsRecord.ACCESS_DENIED)) {
            throw refused(ErrorCode.ACCESS_DENIED, "the receiver takes no encrypted connections");
        }
        if (TlsRecord.isAlert(received, TlsRecord.USER_CANCELED)) {
            throw refused(ErrorCode.BUSY, "the receiver serves as many connections as it can");
        }
    }

    private TlsException refused(ErrorCode code, String why) {
        return new TlsException(code, link.raw().peer(), why, new SSLException("an alert before any handshake"));
    }

    private static HandshakeStatus runTasks(SSLEngine engine) {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
        return engine.getHandshakeStatus();
    }

    private Security.Tls security(Side side) throws IOException {
        SSLEngine engine = link.engine();
        try {
            Certificate theirs = engine.getSession().getPeerCertificates()[0];
            Token their = digest(theirs);
            Token our = digest(engine.getSession().getLocalCertificates()[0]);
            Token auth = engines.exporter(engine, ChannelBinding.EXPORTER_LABEL);
            Token join = engines.exporter(engine, ChannelBinding.JOIN_EXPORTER_LABEL);
            ChannelBinding binding = switch (side) {
                case CLIENT -> new ChannelBinding(auth, join, our, their);
                case SERVER -> new ChannelBinding(auth, join, their, our);
            };
            String suite = engine.getSession().getProtocol() + " "
                    + engine.getSession().getCipherSuite();
            return new Security.Tls(
                    KeyFingerprint.of(theirs.getPublicKey()), binding, suite + " by " + engines.provider());
        } catch (GeneralSecurityException e) {
            throw new SSLException("no channel binding", e);
        }
    }

    private static Token digest(Certificate certificate) throws GeneralSecurityException {
        return Token.of(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    /** The alert that the engine has for the peer, which must not be lost to a reset. */
    private void sayWhy(IOException why) {
        try {
            if (!(why instanceof ConnectionLostException) && link.raw().isOpen()) {
                link.engine().closeOutbound();
                output.flush();
            }
        } catch (IOException e) {
            // It has left.
        } finally {
            free();
        }
        Refusal.closeAfterReason(link.raw());
    }

    private void free() {
        input.discard();
        link.engine().closeOutbound();
    }

    private TransferException failure(IOException problem) {
        String peer = link.raw().peer();
        return switch (problem) {
            case ConnectionLostException lost -> lost(lost);
            case ConnectionException other -> other.toTransferException();
            default -> new TransferException(ErrorCode.CONNECTION_LOST, peer, Sockets.why(problem), problem);
        };
    }

    /** With the moment, since whoever speaks no TLS at all may leave just so. */
    private TransferException lost(ConnectionLostException problem) {
        TransferException plain = problem.toTransferException();
        String why = plain.why().startsWith("the peer closed the connection")
                ? "the peer closed the connection during the TLS handshake"
                : plain.why() + " during the TLS handshake";
        return new TransferException(plain.code(), plain.what(), why, problem);
    }
}
