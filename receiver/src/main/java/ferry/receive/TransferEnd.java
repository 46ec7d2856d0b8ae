package ferry.receive;

import ferry.error.ExitStatus;

/** How a transfer ended. */
record TransferEnd(ExitStatus status, How how) {
    /** Whether the sender got to hear of the end. */
    enum How {
        /** Every entry has its final answer, and FINISHED was sent; or the one classic file has come to its end. */
        FINISHED,
        /** It was stopped or refused before, by whoever: a person may want to try again. */
        BROKEN_OFF,
        /** Its connection was: the same run of its sender may come back. */
        LOST
    }
}
