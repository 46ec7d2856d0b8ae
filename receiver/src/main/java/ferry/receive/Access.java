package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.AddressBlock;
import ferry.net.Connection;
import ferry.net.RateLimiter;
import ferry.net.Security;
import ferry.net.Tls;
import ferry.trust.AllowedSender;
import ferry.trust.AllowedSenders;
import ferry.trust.KeyFingerprint;
import ferry.wire.Features;
import ferry.wire.Frame;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who may send, and over what: docs/PROTOCOL.md, section 2. Every demand that is made must be met. Thread-safe.
 *
 * <p>A connection is judged by what it speaks ({@link #tls}, {@link #requireClassic}), by its key ({@link #admit}), by its HELLO
 * ({@link #requireProof}) and by its proof of the code ({@link #answer}). What people are told of refusals is paced.
 */
final class Access {
    private final Transports transports;
    private final Optional<Tls> tls;
    private final Optional<AllowedSenders> allowed;
    private final Optional<SharedCode> code;
    private final PacedNotices notices;

    /** Of the senders that are held to a rate, all connections of one share it. Grows only with lines of the list. */
    private final Map<Rate, RateLimiter> limiters = new ConcurrentHashMap<>();

    private record Rate(KeyFingerprint sender, long bytesPerSecond) {}

    /** @param tls empty if nothing encrypted is taken */
    Access(
            Transports transports,
            Optional<Tls> tls,
            Optional<AllowedSenders> allowed,
            Optional<SharedCode> code,
            PacedNotices notices) {
        this.transports = transports;
        this.tls = tls;
        this.allowed = allowed;
        this.code = code;
        this.notices = notices;
        if (!transports.areEncryptedOnly() && (allowed.isPresent() || code.isPresent())) {
            throw new IllegalArgumentException("who is not encrypted can neither show a key nor prove a code");
        }
    }

    /** Lets in whoever comes, without encryption. */
    static Access ofAnybodyInPlain(PacedNotices notices) {
        return new Access(Transports.PLAIN, Optional.empty(), Optional.empty(), Optional.empty(), notices);
    }

    /** How encrypted connections are taken; empty if they are not. */
    Optional<Tls> tls() {
        return tls;
    }

    PacedNotices notices() {
        return notices;
    }

    /**
     * For a peer that speaks the classic protocol.
     *
     * @throws TransferException NOT_ENCRYPTED, or NOT_ALLOWED on a Unix socket
     */
    void requireClassic(Connection connection) throws TransferException {
        if (transports.areEncryptedOnly()) {
            throw notEncrypted(connection, "it takes encrypted transfers only: use Ferry's send, without --classic");
        }
        if (!AddressBlock.isTcp(connection.peer())) {
            throw new TransferException(
                    ErrorCode.NOT_ALLOWED,
                    "receiver",
                    "it takes no classic transfers over a Unix socket, where a lost one looks like a whole one");
        }
    }

    /**
     * Lets a sender in by its key, or not. Reads the list of senders: for a thread that may.
     *
     * @throws TransferException ACCESS_DENIED
     */
    Grant admit(Connection connection, Security.Tls channel) throws TransferException {
        return new Grant(Optional.of(channel.peer()), find(connection.peer(), channel.peer()));
    }

    private Optional<AllowedSender> find(String peer, KeyFingerprint key) throws TransferException {
        if (allowed.isEmpty()) {
            return Optional.empty();
        }
        Optional<AllowedSender> found;
        try {
            found = allowed.get().find(key);
        } catch (TransferException e) {
            notices.warning("%s: refused: %s".formatted(peer, e.getMessage()));
            throw denied("it cannot tell at the moment whom to let in");
        }
        if (found.isEmpty()) {
            notices.notice("%s: refused: its key %s is not in %s"
                    .formatted(peer, key, allowed.get().file()));
            throw denied("it does not let in your key: give its administrator what 'send --fingerprint' shows");
        }
        return found;
    }

    /**
     * Judges a sender that has said HELLO, by how it is encrypted and whether it announces the proof of a code.
     *
     * @return whether that proof must come next
     * @throws TransferException NOT_ENCRYPTED; CODE_NEEDED if a proof is demanded and not announced; ACCESS_DENIED or
     *     PROTOCOL_VIOLATION if one is announced that nobody can look at
     */
    boolean requireProof(Connection connection, Frame.Hello hello) throws TransferException {
        boolean isPlain = connection.security() instanceof Security.None;
        if (isPlain && transports.areEncryptedOnly()) {
            throw notEncrypted(connection, "it takes encrypted transfers only: send without --plain");
        }
        boolean announced = (hello.features() & Features.CODE) != 0;
        if (announced && isPlain) {
            throw new TransferException(
                    ErrorCode.PROTOCOL_VIOLATION, "sender", "a code can be proved over an encrypted connection alone");
        }
        if (announced && code.isEmpty()) {
            notices.notice(connection.peer() + ": refused: it wants to prove a code, and there is none");
            throw denied("it has no code: send without one");
        }
        if (!announced && code.isPresent()) {
            notices.notice(connection.peer() + ": refused: it has no code");
            throw new TransferException(
                    ErrorCode.CODE_NEEDED, "receiver", "it demands a code: send --code, and type it when asked");
        }
        return announced;
    }

    /**
     * Looks at the proof that {@link #requireProof} has demanded; may take some seconds.
     *
     * @return the receiver's own proof
     * @throws TransferException as {@link SharedCode#answer}
     */
    Frame.CodeProof answer(Connection connection, Frame.CodeProof proof)
            throws TransferException, InterruptedException {
        if (!(connection.security() instanceof Security.Tls channel)) {
            throw new IllegalStateException("no proof was demanded");
        }
        return new Frame.CodeProof(code.orElseThrow().answer(connection.peer(), channel, proof.proof()));
    }

    /** What holds the sender to its rate, over all of its connections together. */
    RateLimiter limiter(Grant grant) {
        OptionalLong rate = grant.bytesPerSecond();
        if (rate.isEmpty() || grant.owner().isEmpty()) {
            return RateLimiter.of(OptionalLong.empty());
        }
        return limiters.computeIfAbsent(
                new Rate(grant.owner().get(), rate.getAsLong()),
                key -> RateLimiter.of(OptionalLong.of(key.bytesPerSecond())));
    }

    private TransferException notEncrypted(Connection connection, String why) {
        notices.notice(connection.peer() + ": refused: it is not encrypted");
        return new TransferException(ErrorCode.NOT_ENCRYPTED, "receiver", why);
    }

    private static TransferException denied(String why) {
        return new TransferException(ErrorCode.ACCESS_DENIED, "receiver", why);
    }
}
