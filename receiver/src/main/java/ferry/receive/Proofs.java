package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.wire.Limits;

/**
 * How many proofs of a transfer have no answer yet (docs/PROTOCOL.md, section 5.7). Thread-safe; its monitor, which its
 * shares use too, is held for a few instructions.
 */
final class Proofs {
    private int unanswered;

    /** The part of one more file. */
    Share share() {
        return new Share();
    }

    /** One file's proofs; those of a file that has ended do not count, since nobody waits for their answers. */
    final class Share {
        private int mine;
        private boolean over;

        private Share() {}

        /**
         * A proof has arrived.
         *
         * @throws TransferException PROTOCOL_VIOLATION, if it is one too many
         */
        void arrived() throws TransferException {
            synchronized (Proofs.this) {
                if (over) {
                    return;
                }
                if (unanswered >= Limits.MAX_UNANSWERED_PROOFS) {
                    throw new TransferException(
                            ErrorCode.PROTOCOL_VIOLATION,
                            "sender",
                            "PROOF while %d others have no answer".formatted(unanswered));
                }
                unanswered++;
                mine++;
            }
        }

        /** The answer to a proof is about to be written. */
        void answered() {
            synchronized (Proofs.this) {
                if (!over) {
                    unanswered--;
                    mine--;
                }
            }
        }

        /** The file has ended; any number of times. */
        void end() {
            synchronized (Proofs.this) {
                over = true;
                unanswered -= mine;
                mine = 0;
            }
        }
    }
}
