package ferry.receive;

import ferry.error.ErrorCode;
import ferry.wire.Reason;
import ferry.wire.Side;

/** What becomes of what is in staging when a file ends early. */
enum Rest {
    /** It is wrong, or nobody will ask for it again. */
    REMOVED,
    /** A later transfer may go on with it. */
    KEPT;

    /** After a failure on our side: only what is corrupt, or skipped by the user's wish, is not tried again. */
    static Rest after(ErrorCode failure) {
        return failure == ErrorCode.CORRUPT_FILE || failure == ErrorCode.SKIPPED ? REMOVED : KEPT;
    }

    /** After the sender has ended the entry: a file that is gone will not be offered again. */
    static Rest after(Reason withdrawal) {
        return withdrawal.codeFrom(Side.SENDER) == ErrorCode.SOURCE_VANISHED ? REMOVED : KEPT;
    }
}
