package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.wire.Limits;

/** How many streams a transfer shall have; immutable. */
sealed interface Streams {
    /** The word for {@link Auto}. */
    String AUTO = "auto";

    /** One alone. */
    Streams ONE = new Fixed(1);

    /** As many as the network makes use of. */
    record Auto() implements Streams {}

    /** So many, 1 to 16. */
    record Fixed(int count) implements Streams {}

    /**
     * Reads what the user has typed.
     *
     * @throws TransferException USAGE
     */
    static Streams parse(String text) throws TransferException {
        if (text.equals(AUTO)) {
            return new Auto();
        }
        try {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= Limits.MAX_STREAMS) {
                return new Fixed(count);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new TransferException(
                ErrorCode.USAGE,
                "--streams " + text,
                "expected a number from 1 to %d, or auto".formatted(Limits.MAX_STREAMS));
    }
}
