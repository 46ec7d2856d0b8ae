package ferry.send;

import ferry.entry.Durability;
import ferry.entry.Entry;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.send.Outgoing.Whole;
import ferry.wire.Frame;
import java.util.BitSet;
import java.util.Optional;

/**
 * The receipts of a tree that appears at once, which count only together (docs/PROTOCOL.md, section 6.1). Guarded by the
 * {@link Ledger}'s lock.
 *
 * <p>They come in any order, and there may be a million of them, so they are not held against the entries one by one: a sum over
 * what was stored must come to zero when what the receipts say is taken from it.
 */
final class TreeReceipts {
    private final BitSet stored = new BitSet();
    private long sum;
    private Optional<Result> result = Optional.empty();

    /** What all receipts say alike. */
    record Result(Outcome outcome, Durability durability) {}

    /** The receiver has stored an entry. */
    void stored(long number, Entry entry, Whole whole) {
        stored.set(Math.toIntExact(number));
        sum += digest(number, entry.kind(), entry.path().toString(), whole.size(), whole.crc());
    }

    /** A receipt is here, the first one for this number. */
    void add(Frame.Receipt receipt) throws TransferException {
        Result said = new Result(receipt.outcome(), receipt.durability());
        if (!result.orElse(said).equals(said)) {
            throw new TransferException(
                    ErrorCode.PROTOCOL_VIOLATION,
                    "receiver",
                    "RECEIPT for entry %d says '%s, %s', another one '%s, %s'"
                            .formatted(
                                    receipt.entry(),
                                    said.outcome(),
                                    said.durability(),
                                    result.orElse(said).outcome(),
                                    result.orElse(said).durability()));
        }
        result = Optional.of(said);
        sum -= digest(receipt.entry(), receipt.kind(), receipt.path(), receipt.size(), receipt.crc());
    }

    /** Whether what the receipts say is what was sent, once each entry has one; wrong with a chance of 2^-64. */
    boolean agree() {
        return sum == 0;
    }

    /** What they say; empty if there is none. */
    Optional<Result> result() {
        return result;
    }

    /** A copy of the numbers of all that was stored, with receipt or without. */
    BitSet numbers() {
        return (BitSet) stored.clone();
    }

    private static long digest(long number, EntryKind kind, String path, long size, int crc) {
        long mixed = mix(number);
        mixed = mix(mixed ^ kind.name().hashCode());
        mixed = mix(mixed ^ path.hashCode());
        mixed = mix(mixed ^ size);
        return mix(mixed ^ crc);
    }

    /** The finalizer of SplitMix64, so that differences do not cancel out. */
    private static long mix(long value) {
        long mixed = value + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
