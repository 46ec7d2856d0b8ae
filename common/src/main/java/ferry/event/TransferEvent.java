package ferry.event;

import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.entry.RelativePath;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that happened, told to a {@link TransferListener}, whose contract fixes order and pairing. Immutable, except for
 * the live counters that {@link Started} hands over.
 *
 * <p>{@code transfer} is always the transfer's id, 32 lower-case hex digits; for the classic protocol, which has none, one
 * that this side invented. {@code peer} is an address as {@code Endpoint} prints it. Texts are for people, raw: whoever shows
 * them escapes them.
 */
public sealed interface TransferEvent {

    /**
     * {@code receive} listens here; once for each socket.
     *
     * @param port the real TCP port, also where 0 was asked for; empty for a Unix socket
     * @param sendLine what to type elsewhere, such as {@code send FILE... host:9000}
     * @param key the fingerprint of the receiver's key; empty if it takes nothing that is encrypted
     * @param code what this run has made for senders to prove that they know it: a secret, to be shown to whoever started
     *     the receiver and to nobody else; empty if it has made none
     */
    record Listening(String endpoint, OptionalInt port, String sendLine, Optional<String> key, Optional<NewCode> code)
            implements TransferEvent {

        /**
         * A code that this run has made.
         *
         * @param text what is to be typed at the sender
         * @param use how long it is good, for people
         */
        public record NewCode(String text, String use) {
            /** Without the secret. */
            @Override
            public String toString() {
                return "a code, " + use;
            }
        }
    }

    /**
     * {@code --fingerprint}: this is one's own key.
     *
     * @param key its fingerprint, {@code sha256:} and 64 hexadecimal digits
     */
    record OwnKey(String key) implements TransferEvent {}

    /**
     * A transfer begins: the peer is connected and speaks a protocol that we know.
     *
     * @param encryption of the connection that it begins with; empty if there is none
     * @param progress the transfer's counters, to be sampled at leisure until it has finished
     */
    record Started(
            String transfer,
            String peer,
            Protocol protocol,
            Direction direction,
            Optional<Encryption> encryption,
            TransferProgress progress)
            implements TransferEvent {}

    /**
     * The connection of a transfer broke, and the sender connects again. The transfer goes on with {@link Reconnected}, or another of
     * these, or it ends.
     *
     * @param code why, as is {@code text}, which names the peer or what else broke
     * @param attempt how many there were in a row without progress, this one counted
     * @param most so many there will be at most
     * @param pause how long it waits before it connects
     */
    record Reconnecting(String transfer, ErrorCode code, String text, int attempt, int most, Duration pause)
            implements TransferEvent {}

    /**
     * The sender has another connection for a transfer, over which it offers what has no final answer.
     *
     * @param peer an address, which may be another than before
     */
    record Reconnected(String transfer, String peer) implements TransferEvent {}

    /**
     * The sender wants another number of streams for a transfer, or one of them has ended early.
     *
     * @param count how many there are to be, the first one counted
     * @param text why
     */
    record Streams(String transfer, int count, String text) implements TransferEvent {}

    /**
     * The sender compresses content from now on, or does so no more.
     *
     * @param method {@code zstd} or {@code none}
     * @param text why
     */
    record Compression(String transfer, String method, String text) implements TransferEvent {}

    /** {@code send --dry-run}: this entry would be sent. */
    record Found(String transfer, Entry entry) implements TransferEvent {}

    /**
     * The final answer for an entry that is now at the receiver.
     *
     * @param path as it was offered
     * @param placed its final path, which differs from the offered one where {@code --on-conflict rename} took another name; a
     *     sender no longer knows what path it had offered for a directory or link, and gives this one for both
     * @param size in bytes, known now even if the offer did not; 0 for directories and links
     * @param crc32c of the whole file; empty for directories and links
     * @param modified as it was offered; empty where that is not known (any more)
     * @param sha256 of the whole file, 64 lower-case hex digits; empty unless {@code --sha256} asked for it
     */
    record Completed(
            String transfer,
            EntryKind kind,
            RelativePath path,
            RelativePath placed,
            long size,
            OptionalInt crc32c,
            Outcome outcome,
            Durability durability,
            Verification verification,
            Optional<Instant> modified,
            Optional<String> sha256)
            implements TransferEvent {}

    /**
     * The final answer for an entry that did not make it.
     *
     * @param path the relative path where there is one, else what names the source for its owner
     * @param text why, without the path
     */
    record Failed(String transfer, String path, ErrorCode code, String text) implements TransferEvent {}

    /**
     * {@code receive --verify}: this is what has become of an entry since its receipt.
     *
     * @param path its final path
     * @param text what was expected and what was found
     */
    record Checked(String path, State state, String text) implements TransferEvent {
        /** What was found under a name. */
        public enum State {
            /** What the receipt says. */
            SAME,
            /** Something else, as its size or its time shows: somebody has worked on it. */
            CHANGED,
            /** Other bytes, though size and time are those of the receipt. */
            ROTTED,
            /** Something that this user may not read, or that the disk does not give back. */
            UNREADABLE,
            /** Nothing. */
            MISSING
        }
    }

    /**
     * {@code receive --list-partial}: this is kept of a file whose transfer broke.
     *
     * @param path its final path would have been
     * @param owner the fingerprint of the key for which it is kept, or {@code plain}
     * @param bytes how many are kept
     * @param size of the whole file
     * @param age since something was last added to it
     */
    record Partial(String path, String owner, long bytes, long size, Duration age) implements TransferEvent {}

    /**
     * A frame passed; only told if {@link TransferListener#wantsFrames}.
     *
     * @param transfer empty for what passes before the receiver knows which transfer it belongs to
     */
    record Frame(Optional<String> transfer, Direction direction, String text) implements TransferEvent {}

    /** Words for people that ask for nothing: waiting for the receiver, connecting again. */
    record Notice(String text) implements TransferEvent {}

    /**
     * Words for people that they should act upon, though everything goes on.
     *
     * @param hints lines that can be typed
     */
    record Warning(String text, List<String> hints, Weight weight) implements TransferEvent {
        /** To whom it matters. */
        public enum Weight {
            /** Whoever did not ask for quiet. */
            USUAL,
            /** Everybody: it is about who else can read or change what is sent. */
            SECURITY
        }

        public Warning {
            hints = List.copyOf(hints);
        }

        public Warning(String text, List<String> hints) {
            this(text, hints, Weight.USUAL);
        }

        public Warning(String text) {
            this(text, List.of());
        }

        /** One that is heard even by who wants to hear errors only. */
        public static Warning ofSecurity(String text) {
            return new Warning(text, List.of(), Weight.SECURITY);
        }
    }

    /**
     * A transfer ends early, for a reason that belongs to no single entry.
     *
     * @param transfer empty if the whole run ends, perhaps before any transfer began
     * @param text what and why, as in {@link TransferException#getMessage}
     * @param hints lines that can be typed
     */
    record Stopped(Optional<String> transfer, ErrorCode code, String text, List<String> hints)
            implements TransferEvent {
        public Stopped {
            hints = List.copyOf(hints);
        }

        /** The whole run ends because of this. */
        public static Stopped run(TransferException reason) {
            return new Stopped(Optional.empty(), reason.code(), message(reason), reason.hints());
        }

        /** One transfer ends because of this; others go on. */
        public static Stopped transfer(String transfer, TransferException reason) {
            return new Stopped(Optional.of(transfer), reason.code(), message(reason), reason.hints());
        }

        private static String message(TransferException reason) {
            return Optional.ofNullable(reason.getMessage()).orElse(reason.code().meaning());
        }
    }

    /**
     * A transfer is over, well or not.
     *
     * @param elapsed from {@link Started} to the last final answer
     */
    record Finished(
            String transfer, String peer, Totals totals, Duration elapsed, ExitStatus status, Bottleneck limitedBy)
            implements TransferEvent {}
}
