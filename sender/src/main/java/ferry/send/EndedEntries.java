package ferry.send;

import java.util.BitSet;

/**
 * What is remembered of entries that are no longer in flight, one bit for each: those that were stored have their final answer to
 * come, and for those that this side has withdrawn answers may be on their way. Guarded by the {@link Ledger}'s lock.
 */
final class EndedEntries {
    private final BitSet stored = new BitSet();
    private final BitSet released = new BitSet();
    private final BitSet withdrawn = new BitSet();
    private long onTheirWay;

    /** How many wait for their final answer. */
    long stored() {
        return stored.cardinality();
    }

    /** A copy of their numbers. */
    BitSet storedNumbers() {
        return (BitSet) stored.clone();
    }

    /** One that was stored has a durable receipt. */
    void release(long number) {
        released.set(Math.toIntExact(number));
    }

    /** A copy of the numbers of those that {@link #release} was told. */
    BitSet releasedNumbers() {
        return (BitSet) released.clone();
    }

    void store(long number) {
        stored.set(Math.toIntExact(number));
    }

    /** Whether it was stored and has its final answer now. */
    boolean takeStored(long number) {
        return take(stored, number);
    }

    /** @param answers how many, the final one not counted, may be on their way for it */
    void withdraw(long number, long answers) {
        withdrawn.set(Math.toIntExact(number));
        onTheirWay += answers;
    }

    /** Whether it was withdrawn, and has its final answer now. */
    boolean takeWithdrawn(long number) {
        return take(withdrawn, number);
    }

    /** Counts an answer to an entry; false if there can be none, so that a receiver has no endless supply of them. */
    boolean maySayMore(long number) {
        if (!withdrawn.get(Math.toIntExact(number)) || onTheirWay == 0) {
            return false;
        }
        onTheirWay--;
        return true;
    }

    private static boolean take(BitSet from, long number) {
        int index = Math.toIntExact(number);
        boolean isIn = from.get(index);
        from.clear(index);
        return isIn;
    }
}
