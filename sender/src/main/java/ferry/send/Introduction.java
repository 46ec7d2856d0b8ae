package ferry.send;

import ferry.error.ShellWord;
import ferry.error.TransferException;
import ferry.event.TransferListener;
import ferry.net.Connection;
import ferry.net.Security;
import ferry.net.Tls;
import ferry.net.TlsTrust;
import ferry.trust.CodeKey;
import ferry.trust.ConfigFolder;
import ferry.trust.Identity;
import ferry.trust.KnownReceivers;
import ferry.trust.Secret;
import ferry.wire.Side;
import java.io.IOException;
import java.util.Optional;

/**
 * How sender and receiver come to trust each other: TLS, the check of the receiver's key, and the code if there is one
 * (docs/PROTOCOL.md, section 2). For the thread that runs the {@link Sender}.
 */
final class Introduction implements ReceiverConnector.Protection {
    private final SendRequest request;
    private final Tls tls;
    private final KeyCheck keys;
    private final Optional<CodeKey> code;

    private Introduction(SendRequest request, Tls tls, KeyCheck keys, Optional<CodeKey> code) {
        this.request = request;
        this.tls = tls;
        this.keys = keys;
        this.code = code;
    }

    /**
     * Gets ready to connect. A passphrase is turned into its key before that, which takes a moment: over a connection a receiver would
     * wait for it.
     *
     * @param folder where receivers are remembered; empty if nothing is kept on this machine
     * @throws TransferException as {@link Tls#of}
     */
    static Introduction prepare(
            SendRequest request,
            SendRequest.Mode.Encrypted mode,
            Identity identity,
            Optional<ConfigFolder> folder,
            Optional<Secret> secret,
            TransferListener listener)
            throws TransferException {
        TlsTrust trust = mode.authority().<TlsTrust>map(TlsTrust.Authority::new).orElseGet(TlsTrust.AnyKey::new);
        KeyCheck keys = new KeyCheck(
                request.target(), mode.pins(), firstUse(mode, secret), folder.map(KnownReceivers::in), listener);
        return new Introduction(request, Tls.of(mode.provider(), identity, trust), keys, secret.map(CodeKey::derive));
    }

    private static KeyCheck.FirstUse firstUse(SendRequest.Mode.Encrypted mode, Optional<Secret> secret) {
        if (mode.authority().isPresent()) {
            return KeyCheck.FirstUse.AUTHORITY;
        }
        return secret.isPresent() ? KeyCheck.FirstUse.RECORD_WHEN_PROVED : KeyCheck.FirstUse.RECORD;
    }

    @Override
    public Connection over(Connection raw) throws TransferException {
        Connection secured = connect(raw);
        try {
            keys.check(secured);
            return secured;
        } catch (TransferException e) {
            try {
                secured.close();
            } catch (IOException lost) {
                e.addSuppressed(lost);
            }
            throw e;
        }
    }

    @Override
    public Connection overFurther(Connection raw) throws TransferException {
        return tls.connect(raw, request.target(), request.timeout());
    }

    private Connection connect(Connection raw) throws TransferException {
        try {
            return tls.connect(raw, request.target(), request.timeout());
        } catch (TransferException e) {
            throw switch (e.code()) {
                case NOT_FERRY -> explained(e, "--plain", "--classic");
                case ACCESS_DENIED -> explained(e, "--plain");
                default -> e;
            };
        }
    }

    /** Anybody on the way can answer as if there were no TLS: no reason to do without, least of all where a proof is wanted. */
    private TransferException explained(TransferException failure, String... ways) {
        if (keys.demandsProof()) {
            return failure.withHint(
                    "this receiver is on record, or by a pin, a code or an authority has to prove who it is; somebody may be in between");
        }
        TransferException explained = failure.withHint(
                "anybody on the way can answer this; only if all between here and there may read and change what is sent:");
        for (String way : ways) {
            String target = ShellWord.quoted(request.target().toString());
            explained = explained.withHint("send %s FILE... %s".formatted(way, target));
        }
        return explained;
    }

    /** What a session says to prove the code, if there is one. */
    Optional<CodeExchange.Factory> code() {
        return code.map(key -> connection -> exchange(key, connection));
    }

    private CodeExchange exchange(CodeKey key, Connection connection) {
        if (!(connection.security() instanceof Security.Tls channel)) {
            throw new IllegalStateException("a code is proved within TLS only");
        }
        return new CodeExchange(
                key.proof(Side.SENDER, channel.binding()), key.proof(Side.RECEIVER, channel.binding()), keys::proved);
    }
}
