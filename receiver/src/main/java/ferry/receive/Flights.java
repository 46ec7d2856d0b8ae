package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Which entries of a transfer are in flight, and how many may be (docs/PROTOCOL.md, section 6). Thread-safe. */
final class Flights {
    private final int credit;
    private final AtomicInteger inFlight = new AtomicInteger();

    Flights(int credit) {
        this.credit = credit;
    }

    /**
     * An entry was offered.
     *
     * @throws TransferException CREDIT_EXCEEDED
     */
    Flight takeOff() throws TransferException {
        if (inFlight.incrementAndGet() > credit) {
            throw new TransferException(
                    ErrorCode.CREDIT_EXCEEDED, "sender", "more than %d entries are in flight".formatted(credit));
        }
        return new Flight();
    }

    /** One entry's part of the credit; it ends once, whichever side ends it first. */
    final class Flight {
        private final AtomicBoolean over = new AtomicBoolean();

        /** The sender has ended the entry, or the answer that ends it is about to be written. */
        void land() {
            if (over.compareAndSet(false, true)) {
                inFlight.decrementAndGet();
            }
        }
    }
}
