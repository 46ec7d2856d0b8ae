package ferry.receive;

import ferry.entry.RelativePath;
import ferry.trust.AllowedSender;
import ferry.trust.KeyFingerprint;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one sender may do, once it was let in; immutable.
 *
 * @param owner by whose key everything of the transfer is kept apart from that of others; empty where none is known
 * @param sender what the list of senders says of it; empty if there is no list
 */
record Grant(Optional<KeyFingerprint> owner, Optional<AllowedSender> sender) {
    /** For a sender of whom nothing is known, where whoever comes is let in. */
    static final Grant ANYBODY = new Grant(Optional.empty(), Optional.empty());

    /** The receiver's own rules, and what this sender's are instead: its limits never widen those of the receiver. */
    StorageOptions over(StorageOptions rules) {
        return new StorageOptions(
                sender.flatMap(AllowedSender::onConflict)
                        .map(policy -> ConflictPolicy.valueOf(policy.toUpperCase(Locale.ROOT)))
                        .orElse(rules.onConflict()),
                rules.sync(),
                smaller(rules.maxFileSize()),
                smaller(rules.maxTransferSize()),
                readOnly(),
                rules.sha256());
    }

    /** The smaller of a limit and this sender's own. */
    OptionalLong smaller(OptionalLong limit) {
        OptionalLong own = sender.map(AllowedSender::maxSize).orElse(OptionalLong.empty());
        if (own.isEmpty() || limit.isEmpty()) {
            return own.isEmpty() ? limit : own;
        }
        return OptionalLong.of(Math.min(own.getAsLong(), limit.getAsLong()));
    }

    /** The same of a limit that may be {@link Long#MAX_VALUE} for none. */
    long smaller(long limit) {
        return smaller(OptionalLong.of(limit)).orElse(limit);
    }

    /** The part of the folder to which it is confined. */
    Optional<RelativePath> directory() {
        return sender.flatMap(AllowedSender::directory);
    }

    /** How fast its content is taken. */
    OptionalLong bytesPerSecond() {
        return sender.map(AllowedSender::bytesPerSecond).orElse(OptionalLong.empty());
    }

    /** Keeps it from the names that it may not write. */
    Inbox guarding(Inbox inbox) {
        ReadOnlyNames names = readOnly();
        return names.patterns().isEmpty() ? inbox : new ReadOnlyInbox(inbox, names);
    }

    private ReadOnlyNames readOnly() {
        return sender.map(allowed -> new ReadOnlyNames(allowed.readOnly())).orElse(ReadOnlyNames.NONE);
    }
}
