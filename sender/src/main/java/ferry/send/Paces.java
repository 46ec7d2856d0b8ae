package ferry.send;

import ferry.wire.Limits;

/**
 * How long each stream takes for a whole chunk, so that the last chunks go to those that will be done soonest: one that is slow, or
 * that has just begun, would hold up the end. Guarded by the {@link Ledger}'s lock.
 */
final class Paces {
    /** What one that has just begun is taken to need, beside the others. */
    private static final int BEGINNER = 2;

    private static final long NONE = 0;

    /** In nanoseconds. */
    private final long[] took = new long[Limits.MAX_STREAMS];

    private final long[] began = new long[Limits.MAX_STREAMS];
    private final boolean[] isAtWork = new boolean[Limits.MAX_STREAMS];

    /** A stream was given a whole chunk. */
    void begins(int stream, long now) {
        began[stream] = now;
        isAtWork[stream] = true;
    }

    /** A stream has done what it was given. */
    void ends(int stream, long now) {
        if (isAtWork[stream]) {
            isAtWork[stream] = false;
            took[stream] = Math.max(1, now - began[stream]);
        }
    }

    /** A stream is no longer there. */
    void forget(int stream) {
        took[stream] = NONE;
        isAtWork[stream] = false;
    }

    /** Whether it helps that this stream takes one of so many chunks that are left, or whether the others would be done before it. */
    boolean helps(int stream, long left) {
        double chunksPerNano = 0;
        int known = 0;
        for (long nanos : took) {
            if (nanos != NONE) {
                chunksPerNano += 1.0 / nanos;
                known++;
            }
        }
        if (known == 0) {
            return true;
        }
        double mean = known / chunksPerNano;
        double own = took[stream] == NONE ? BEGINNER * mean : took[stream];
        return own <= left / chunksPerNano + mean;
    }
}
