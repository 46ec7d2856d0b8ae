package ferry.wire;

import ferry.entry.Placing;
import ferry.error.ErrorCode;
import ferry.error.TransferException;

/** What a transfer may use beyond its version, as bits: section 9 of docs/PROTOCOL.md. Pure functions. */
public final class Features {
    /** Further streams by JOIN: section 5.2. */
    public static final long STREAMS = 1L << 0;

    /** DATA may be compressed: section 5.6. */
    public static final long ZSTD = 1L << 1;

    /** A code is proved before WELCOME: section 2.2. */
    public static final long CODE = 1L << 2;

    /** A directory tree is placed all at once: section 6.1. */
    public static final long ATOMIC = 1L << 3;

    /** None at all. */
    public static final long NONE = 0;

    /** What this program can. */
    public static final long SUPPORTED = CODE | STREAMS | ATOMIC | ZSTD;

    private Features() {}

    /** What a receiver answers to the features that a HELLO offers; those that it does not know are ignored. */
    public static long choose(long offered) {
        return offered & SUPPORTED;
    }

    /** The same for a transfer that is placed so, whatever was offered. */
    public static long choose(long offered, Placing placing) {
        return switch (placing) {
            case ONE_BY_ONE -> choose(offered) & ~ATOMIC;
            case ALL_AT_ONCE -> choose(offered);
        };
    }

    /** What HELLO asks for. */
    public static Placing placing(long features) {
        return (features & ATOMIC) == 0 ? Placing.ONE_BY_ONE : Placing.ALL_AT_ONCE;
    }

    /** The bit that asks for it. */
    public static long of(Placing placing) {
        return switch (placing) {
            case ONE_BY_ONE -> NONE;
            case ALL_AT_ONCE -> ATOMIC;
        };
    }

    /** Checks what a WELCOME has chosen. */
    public static void requireOffered(long chosen, long offered) throws TransferException {
        long stray = chosen & ~offered;
        if (stray != 0) {
            throw new TransferException(
                    ErrorCode.PROTOCOL_VIOLATION,
                    "WELCOME frame from the receiver",
                    "features 0x%x were not offered".formatted(stray));
        }
    }
}
