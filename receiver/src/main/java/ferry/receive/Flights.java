package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which entries of a transfer are in flight, and how many may be (docs/PROTOCOL.md, section 6); and what all of them take of the
 * {@link EntryBudget}, also when they are no longer in flight. Thread-safe.
 */
final class Flights {
    private final int credit;
    private final long creditBytes;
    private final EntryBudget.Account memory;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong bytesInFlight = new AtomicLong();

    /** @param creditBytes how many bytes the offers of those in flight may have together */
    Flights(int credit, long creditBytes, EntryBudget.Account memory) {
        this.credit = credit;
        this.creditBytes = creditBytes;
        this.memory = memory;
    }

    /**
     * An entry was offered. Waits until there is memory for it.
     *
     * @throws TransferException CREDIT_EXCEEDED; BUSY if this transfer has to make room for others
     */
    Flight takeOff(int offerBytes) throws TransferException, InterruptedException {
        if (inFlight.incrementAndGet() > credit) {
            throw new TransferException(
                    ErrorCode.CREDIT_EXCEEDED, "sender", "more than %d entries are in flight".formatted(credit));
        }
        if (bytesInFlight.addAndGet(offerBytes) > creditBytes) {
            throw new TransferException(
                    ErrorCode.CREDIT_EXCEEDED,
                    "sender",
                    "the offers in flight have more than %d bytes".formatted(creditBytes));
        }
        memory.take(EntryBudget.weight(offerBytes));
        return new Flight(offerBytes);
    }

    /** One entry's part of the credit and of the memory; each ends once, whichever side ends it first. */
    final class Flight {
        private final int offerBytes;
        private final AtomicBoolean landed = new AtomicBoolean();
        private final AtomicBoolean over = new AtomicBoolean();

        private Flight(int offerBytes) {
            this.offerBytes = offerBytes;
        }

        /** The sender has ended the entry, and may offer another; what it has left behind may still be here. */
        void land() {
            if (landed.compareAndSet(false, true)) {
                inFlight.decrementAndGet();
                bytesInFlight.addAndGet(-offerBytes);
            }
        }

        /** Nothing is left of the entry: the answer that ends it is about to be written, or none will be. */
        void end() {
            land();
            if (over.compareAndSet(false, true)) {
                memory.release(EntryBudget.weight(offerBytes));
            }
        }
    }
}
