package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.AddressBlock;
import ferry.net.Security;
import ferry.trust.CodeKey;
import ferry.trust.KeyFingerprint;
import ferry.wire.Side;
import ferry.wire.Token;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The code that senders must prove to know, docs/PROTOCOL.md, section 2.2. Thread-safe, without a lock of its own.
 *
 * <p>A code for one transfer is bound to the key of the first sender that proves it, which may come back; nobody else may. A
 * wrong proof changes nothing but how soon the next one from there is looked at.
 */
final class SharedCode {
    /** How often it is good. */
    enum Use {
        /** For one transfer that comes to its end, and all attempts at it of one sender. */
        ONE_TRANSFER,
        /** For any number of transfers of any senders that know it. */
        STANDING
    }

    private final CodeKey key;
    private final Use use;
    private final WrongCodes wrongCodes;
    private final PacedNotices notices;
    private final AtomicReference<@Nullable KeyFingerprint> boundTo = new AtomicReference<>();

    SharedCode(CodeKey key, Use use, WrongCodes wrongCodes, PacedNotices notices) {
        this.key = key;
        this.use = use;
        this.wrongCodes = wrongCodes;
        this.notices = notices;
    }

    /**
     * Looks at a sender's proof, after a pause if there were wrong ones from its address.
     *
     * @param peer as the connection names it
     * @return the receiver's own proof, for this channel
     * @throws TransferException WRONG_CODE; ACCESS_DENIED if the code is bound to another key; BUSY if it was tried too often
     */
    Token answer(String peer, Security.Tls channel, Token proof) throws TransferException, InterruptedException {
        AddressBlock address = AddressBlock.of(peer);
        int failures = wrongCodes.look(address, () -> key.verify(Side.SENDER, channel.binding(), proof));
        if (failures > 0) {
            notices.warning("wrong code from %s (%s)".formatted(address.text(), ordinal(failures)));
            throw new TransferException(ErrorCode.WRONG_CODE, "receiver", "it has another code");
        }
        bind(peer, channel.peer());
        return key.proof(Side.RECEIVER, channel.binding());
    }

    private void bind(String peer, KeyFingerprint sender) throws TransferException {
        if (use == Use.STANDING || boundTo.compareAndSet(null, sender)) {
            return;
        }
        if (!Optional.of(sender).equals(Optional.ofNullable(boundTo.get()))) {
            notices.warning("%s: refused: it knows the code, but another sender has used it; its key is %s"
                    .formatted(peer, sender));
            throw new TransferException(
                    ErrorCode.ACCESS_DENIED,
                    "receiver",
                    "its code is for one transfer, and another sender has used it");
        }
    }

    private static String ordinal(int number) {
        String ending = switch (number % 100 / 10 == 1 ? 0 : number % 10) {
            case 1 -> "st";
            case 2 -> "nd";
            case 3 -> "rd";
            default -> "th";
        };
        return number + ending;
    }
}
