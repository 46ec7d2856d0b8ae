package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.ShellWord;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.Connection;
import ferry.net.Endpoint;
import ferry.net.Security;
import ferry.trust.KeyFingerprint;
import ferry.trust.KnownReceivers;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the key at the other end is the receiver's, before a byte is sent to it, and remembers it: trust on first use, or
 * the keys that were pinned. For the thread that runs the {@link Sender}.
 *
 * <p>A receiver is known by what the user has typed for it. One on this machine is remembered only if it was pinned: there is nobody
 * in between, and behind the ports of a tunnel there is now this and now that machine. But what the file says of it counts.
 */
final class KeyCheck {
    /** What decides about a key that nobody knows. */
    enum FirstUse {
        /** Nothing: it is recorded, and the next time it must be the same. */
        RECORD,
        /** The code, which the receiver has to prove; then the key is recorded. */
        RECORD_WHEN_PROVED,
        /** The authority that has vouched for its certificate; nothing is recorded. */
        AUTHORITY
    }

    private final String receiver;
    private final Set<KeyFingerprint> pins;
    private final FirstUse firstUse;
    private final Optional<KnownReceivers> known;
    private final TransferListener listener;

    /** The key of this run, to which it keeps. */
    private @Nullable KeyFingerprint accepted;

    /** What is to be recorded once the receiver has proved the code. */
    private @Nullable KeyFingerprint unproved;

    /**
     * @param pins if there are any, they alone decide
     * @param known empty if nothing is kept on this machine
     */
    KeyCheck(
            Endpoint target,
            Set<KeyFingerprint> pins,
            FirstUse firstUse,
            Optional<KnownReceivers> known,
            TransferListener listener) {
        this.receiver = nameOf(target);
        this.pins = Set.copyOf(pins);
        this.firstUse = firstUse;
        this.known = known;
        this.listener = listener;
    }

    /** By what a receiver is known: the name and port as typed, where case does not count, or the path of its socket. */
    static String nameOf(Endpoint target) {
        return switch (target) {
            case Endpoint.Tcp tcp -> tcp.toString().toLowerCase(Locale.ROOT);
            case Endpoint.Unix(var socket) ->
                new Endpoint.Unix(socket.toAbsolutePath().normalize()).toString();
        };
    }

    /**
     * Checks the key of a connection over which nothing was sent.
     *
     * @throws TransferException KEY_CHANGED if another key is pinned or recorded; ACCESS_DENIED if it is revoked; or if the record
     *     cannot be read
     */
    void check(Connection connection) throws TransferException {
        if (!(connection.security() instanceof Security.Tls tls)) {
            throw new IllegalStateException("a connection without a key");
        }
        KeyFingerprint key = tls.peer();
        KeyFingerprint before = accepted;
        if (before != null) {
            if (!before.equals(key)) {
                throw changed(key, "a moment ago it was " + before);
            }
            return;
        }
        if (!pins.isEmpty()) {
            requirePinned(key);
        }
        if (firstUse == FirstUse.AUTHORITY) {
            requireNotRevoked(key);
        } else if (pins.isEmpty()) {
            checkRecord(key, connection);
        } else {
            recordPinned(key);
        }
        accepted = key;
    }

    /**
     * Whether somebody who shows no key cannot be the receiver: it has shown one in this run, one is pinned or recorded, or a code or an authority is to vouch for
     * it. So it is too if the record cannot be read.
     */
    boolean demandsProof() {
        if (accepted != null || !pins.isEmpty() || firstUse != FirstUse.RECORD) {
            return true;
        }
        try {
            return known.isPresent() && known.get().has(receiver);
        } catch (TransferException e) {
            // What is in there is said as soon as a key is to be compared with it.
            return true;
        }
    }

    /**
     * The receiver has proved the code over the connection that was checked last.
     *
     * @throws TransferException as {@link #check}, if another run has recorded another key meanwhile
     */
    void proved() throws TransferException {
        KeyFingerprint key = unproved;
        if (key != null) {
            unproved = null;
            recordFirst(key, "%s: it has proved the code; from now on its key must be %s".formatted(receiver, key));
        }
    }

    private void requirePinned(KeyFingerprint key) throws TransferException {
        if (!pins.contains(key)) {
            throw changed(key, "pinned is " + either(pins));
        }
    }

    /** An authority vouches for the receiver, not for a key that was lost. */
    private void requireNotRevoked(KeyFingerprint key) throws TransferException {
        if (known.isPresent() && known.get().check(receiver, key) instanceof KnownReceivers.Answer.Revoked) {
            throw revoked(key);
        }
    }

    /** A pin is stronger than the record, but a key that was revoked stays so. */
    private void recordPinned(KeyFingerprint key) throws TransferException {
        if (known.isEmpty()) {
            return;
        }
        KnownReceivers.Answer answer;
        try {
            answer = known.get().check(receiver, key);
        } catch (TransferException e) {
            listener.on(new TransferEvent.Warning("its key is pinned, and not recorded: " + e.getMessage(), e.hints()));
            return;
        }
        switch (answer) {
            case KnownReceivers.Answer.Known() -> {}
            case KnownReceivers.Answer.Revoked() -> throw revoked(key);
            case KnownReceivers.Answer.Unknown() ->
                record(key, "%s: its key was pinned, and is recorded: %s".formatted(receiver, key));
            case KnownReceivers.Answer.Changed(List<KeyFingerprint> recorded, int line) ->
                record(
                        key,
                        "%s: its key was pinned, and is recorded in place of %s: %s"
                                .formatted(receiver, either(recorded), key));
        }
    }

    private void checkRecord(KeyFingerprint key, Connection connection) throws TransferException {
        if (known.isEmpty()) {
            if (firstUse == FirstUse.RECORD && !connection.isLocal()) {
                listener.on(TransferEvent.Warning.ofSecurity(
                        "%s: nothing is known of it, and without HOME or XDG_CONFIG_HOME nothing can be remembered; its key is %s"
                                .formatted(receiver, key)));
            }
            return;
        }
        switch (known.get().check(receiver, key)) {
            case KnownReceivers.Answer.Known() -> {}
            case KnownReceivers.Answer.Revoked() -> throw revoked(key);
            case KnownReceivers.Answer.Changed(List<KeyFingerprint> recorded, int line) ->
                throw recordedOtherwise(key, recorded, line);
            case KnownReceivers.Answer.Unknown() -> {
                if (!connection.isLocal()) {
                    firstMet(key);
                }
            }
        }
    }

    private void firstMet(KeyFingerprint key) throws TransferException {
        switch (firstUse) {
            case RECORD_WHEN_PROVED -> unproved = key;
            case RECORD -> {
                recordFirst(key, "recorded in " + known.orElseThrow().file());
                listener.on(TransferEvent.Warning.ofSecurity(
                        "%s: met for the first time; from now on its key must be %s".formatted(receiver, key)));
            }
            case AUTHORITY -> {}
        }
    }

    /** Of two runs that meet a receiver at once, the second keeps to what the first has recorded. */
    private void recordFirst(KeyFingerprint key, String told) throws TransferException {
        KnownReceivers.Answer meanwhile;
        try {
            meanwhile = known.orElseThrow().recordIfUnknown(receiver, key);
        } catch (TransferException e) {
            tellNotRecorded(e);
            return;
        }
        switch (meanwhile) {
            case KnownReceivers.Answer.Unknown() -> listener.on(new TransferEvent.Notice(told));
            case KnownReceivers.Answer.Known() -> {}
            case KnownReceivers.Answer.Revoked() -> throw revoked(key);
            case KnownReceivers.Answer.Changed(List<KeyFingerprint> recorded, int line) ->
                throw recordedOtherwise(key, recorded, line);
        }
    }

    private void record(KeyFingerprint key, String told) {
        try {
            known.orElseThrow().record(receiver, key);
            listener.on(new TransferEvent.Notice(told));
        } catch (TransferException e) {
            tellNotRecorded(e);
        }
    }

    /** What cannot be remembered is met for the first time again; that does not stop this run. */
    private void tellNotRecorded(TransferException problem) {
        listener.on(TransferEvent.Warning.ofSecurity(receiver + ": its key is not recorded: " + problem.getMessage()));
    }

    private TransferException recordedOtherwise(KeyFingerprint key, List<KeyFingerprint> recorded, int line) {
        return changed(
                key,
                "recorded is %s (%s, line %d)"
                        .formatted(either(recorded), known.orElseThrow().file(), line));
    }

    private TransferException changed(KeyFingerprint key, String expected) {
        return new TransferException(
                        ErrorCode.KEY_CHANGED, receiver, "its key is %s, %s; nothing was sent".formatted(key, expected))
                .withHint(
                        "somebody may be in between; if the receiver's own user finds this key by 'receive --fingerprint':")
                .withHint("send --pin %s FILE... %s".formatted(key, ShellWord.quoted(receiver)));
    }

    private TransferException revoked(KeyFingerprint key) {
        return new TransferException(
                ErrorCode.ACCESS_DENIED,
                receiver,
                "its key is %s, which %s revokes; nothing was sent"
                        .formatted(key, known.orElseThrow().file()));
    }

    private static String either(Collection<KeyFingerprint> keys) {
        return keys.stream().map(KeyFingerprint::toString).sorted().collect(Collectors.joining(" or "));
    }
}
