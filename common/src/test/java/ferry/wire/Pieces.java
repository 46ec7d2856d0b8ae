package ferry.wire;

import java.util.Random;

/** How many bytes a channel moves at once, as a network would: everything, a byte at a time, or who knows. */
@FunctionalInterface
interface Pieces {
    Pieces WHOLE = remaining -> remaining;
    Pieces SINGLE_BYTES = remaining -> 1;

    /** The size of the next piece, 1 to {@code remaining}. */
    int next(int remaining);

    static Pieces random(long seed) {
        Random random = new Random(seed);
        return remaining -> 1 + random.nextInt(Math.min(remaining, 1 + random.nextInt(40_000)));
    }
}
