package ferry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import ferry.error.ErrorCode;
import ferry.error.Printable;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;

/**
 * Why something was refused, failed or aborted, as it goes over the wire; immutable.
 *
 * @param number the error code's number, kept even if this version does not know it
 * @param text for people, and from the peer: not yet escaped; what exceeds {@link Limits#MAX_TEXT_BYTES} is cut off
 */
public record Reason(int number, String text) {
    static final int MAX_NUMBER = 0xffff;

    public Reason {
        if (number < 0 || number > MAX_NUMBER) {
            throw new IllegalArgumentException("not the number of an error code: " + number);
        }
        text = fit(text, Limits.MAX_TEXT_BYTES);
    }

    public Reason(ErrorCode code, String text) {
        this(code.wireNumber(), text);
    }

    /** The reason to give a peer for a failure of one entry, which the peer knows by its number. */
    public static Reason of(TransferException failure) {
        return new Reason(failure.code(), failure.why());
    }

    /** The code, or {@link ErrorCode#UNKNOWN} for a number that this version does not know. */
    public ErrorCode code() {
        return ErrorCode.fromWire(number);
    }

    /**
     * The code by which to count a failure that the peer reports. Its own words stay, but it does not decide what our exit status
     * says of our side: that our user stopped us or typed a wrong command line, that our files cannot be read, or, to a
     * receiver, that it refused.
     *
     * @param peer which side sent this
     */
    public ErrorCode codeFrom(Side peer) {
        ErrorCode stated = code();
        return switch (stated.exitStatus()) {
            case INTERRUPTED, TERMINATED -> ErrorCode.PEER_STOPPED;
            case DONE, USAGE, PARTIAL -> ErrorCode.PROTOCOL_VIOLATION;
            case LOCAL_FILE -> peer == Side.SENDER ? stated : ErrorCode.REFUSED;
            case REFUSED -> peer == Side.RECEIVER ? stated : ErrorCode.PROTOCOL_VIOLATION;
            // Whether the receiver's key is the one that is known is for the sender to find.
            case ACCESS -> peer == Side.RECEIVER && stated == ErrorCode.KEY_CHANGED ? ErrorCode.ACCESS_DENIED : stated;
            case INTERNAL, NETWORK, PROTOCOL, INTEGRITY -> stated;
        };
    }

    /** One line that can be shown: the code's name, or its number if it has none here, and the text, escaped. */
    @Override
    public String toString() {
        String name = code() == ErrorCode.UNKNOWN ? "error " + number : code().name();
        return text.isEmpty() ? name : name + ": " + Printable.escape(text);
    }

    /** The longest beginning that fits, cut between characters; what is no Unicode becomes a question mark. */
    static String fit(String text, int maxBytes) {
        ByteBuffer room = ByteBuffer.allocate(maxBytes);
        UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE).encode(CharBuffer.wrap(text), room, true);
        return UTF_8.decode(room.flip()).toString();
    }
}
