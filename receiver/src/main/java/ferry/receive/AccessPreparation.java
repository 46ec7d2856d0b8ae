package ferry.receive;

import ferry.cli.IdentityReader;
import ferry.cli.SecretReader;
import ferry.cli.SecretSource;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferListener;
import ferry.net.Tls;
import ferry.net.TlsTrust;
import ferry.trust.AllowedSenders;
import ferry.trust.CodeKey;
import ferry.trust.Identity;
import ferry.trust.Secret;
import java.util.Map;
import java.util.Optional;

/** Fetches what an {@link AccessRequest} asks for: the code, the identity, the list of senders. Used by the main thread, once. */
final class AccessPreparation {
    private final AccessRequest request;
    private final Map<String, String> environment;
    private final TransferListener listener;

    AccessPreparation(AccessRequest request, Map<String, String> environment, TransferListener listener) {
        this.request = request;
        this.environment = environment;
        this.listener = listener;
    }

    /**
     * Does so.
     *
     * @throws TransferException USAGE if the environment contradicts the options, or the code is none; TRUST_FILE if a file
     *     cannot be used
     */
    PreparedAccess run() throws TransferException {
        Optional<Secret> secret = secret();
        Transports transports = transports(secret);
        PacedNotices notices = new PacedNotices(listener, System::nanoTime);
        Optional<AllowedSenders> allowed = request.allowed().map(AllowedSenders::in);
        if (allowed.isPresent()) {
            allowed.get().validate();
        }
        Optional<Identity> identity = transports == Transports.PLAIN ? Optional.empty() : Optional.of(identity());
        Access access = new Access(
                transports,
                identity.isEmpty() ? Optional.empty() : Optional.of(tls(identity.get())),
                allowed,
                secret.map(text -> new SharedCode(
                        CodeKey.derive(text), request.use(), new WrongCodes(WrongCodes.Clock.SYSTEM), notices)),
                notices);
        return new PreparedAccess(
                access,
                transports,
                identity.map(Identity::fingerprint),
                secret.map(this::code),
                request.allowed(),
                request.authority());
    }

    private Optional<Secret> secret() throws TransferException {
        Optional<Secret> secret = request.code() instanceof SecretSource.Bare
                ? Optional.of(Secret.generate())
                : SecretReader.read(request.code(), environment, listener);
        if (secret.isEmpty() && request.use() == SharedCode.Use.STANDING) {
            throw withoutCode("--standing");
        }
        if (secret.isEmpty() && request.expires().isPresent()) {
            throw withoutCode("--expires");
        }
        return secret;
    }

    private PreparedAccess.Code code(Secret secret) {
        boolean isMade = request.code() instanceof SecretSource.Bare;
        return new PreparedAccess.Code(
                request.use(),
                isMade ? Optional.of(secret.text()) : Optional.empty(),
                request.expires().orElse(AccessRequest.DEFAULT_EXPIRES));
    }

    private Transports transports(Optional<Secret> secret) throws TransferException {
        boolean demands = secret.isPresent()
                || request.allowed().isPresent()
                || request.authority().isPresent();
        return switch (request.wish()) {
            case NO_PLAIN -> Transports.ENCRYPTED;
            case NONE -> demands ? Transports.ENCRYPTED : Transports.ALL;
            case PLAIN_ONLY -> {
                if (demands) {
                    throw new TransferException(
                            ErrorCode.USAGE,
                            "--plain-only",
                            "without encryption nobody can prove a code or a key, expected no code (%s is one too), no --allow and no --tls-ca"
                                    .formatted(SecretReader.VARIABLE));
                }
                yield Transports.PLAIN;
            }
        };
    }

    private Identity identity() throws TransferException {
        return IdentityReader.read(request.certificate(), environment, listener);
    }

    private Tls tls(Identity identity) throws TransferException {
        TlsTrust trust =
                request.authority().<TlsTrust>map(TlsTrust.Authority::new).orElseGet(TlsTrust.AnyKey::new);
        return Tls.of(request.provider(), identity, trust);
    }

    private static TransferException withoutCode(String option) {
        return new TransferException(ErrorCode.USAGE, option, "it is about a code, and there is none")
                .withHint("receive --code " + option);
    }
}
