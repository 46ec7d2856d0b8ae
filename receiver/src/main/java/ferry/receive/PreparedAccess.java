package ferry.receive;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.trust.KeyFingerprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Who may send in this run, and what people are to be told of it; immutable.
 *
 * @param key the receiver's own; empty if nothing encrypted is taken
 * @param code empty if none is demanded
 * @param allowed the file that lists the senders; empty if there is none
 * @param authority the file of the authorities that must have signed a sender's certificate; empty if there is none
 */
record PreparedAccess(
        Access access,
        Transports transports,
        Optional<KeyFingerprint> key,
        Optional<Code> code,
        Optional<Path> allowed,
        Optional<Path> authority) {

    /**
     * The code that is demanded.
     *
     * @param made its text, if this run has made it
     * @param expires how long a code for one transfer is good
     */
    record Code(SharedCode.Use use, Optional<String> made, Duration expires) {
        /** The code, if it is to be shown. */
        Optional<TransferEvent.Listening.NewCode> shown() {
            String good = switch (use) {
                case ONE_TRANSFER -> "for one transfer, within " + words(expires);
                case STANDING -> "for any number of transfers";
            };
            return made.map(text -> new TransferEvent.Listening.NewCode(text, good));
        }

        /** As it would be typed: 24h, 1h30m. */
        static String words(Duration time) {
            return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "a code, " + use;
        }
    }

    /** Lets in whoever comes, without encryption. */
    static PreparedAccess ofAnybodyInPlain(TransferListener listener) {
        return new PreparedAccess(
                Access.ofAnybodyInPlain(new PacedNotices(listener, System::nanoTime)),
                Transports.PLAIN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Whether whoever reaches the port may send. */
    boolean isOpenToAnybody() {
        return code.isEmpty() && allowed.isEmpty() && authority.isEmpty();
    }
}
