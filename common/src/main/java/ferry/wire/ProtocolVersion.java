package ferry.wire;

import ferry.error.ErrorCode;
import ferry.error.TransferException;

/** The versions of the protocol that this program speaks: section 9 of docs/PROTOCOL.md. Pure functions. */
public final class ProtocolVersion {
    /** The version of everything that no other constant here claims. */
    public static final int BASE = 1;

    /** The oldest version that this program speaks. */
    public static final int MIN = BASE;

    /** The newest version that this program speaks. */
    public static final int MAX = BASE;

    private ProtocolVersion() {}

    /**
     * The highest version that we and a peer both speak.
     *
     * @param peerMin the oldest that the peer speaks
     * @param peerMax the newest that the peer speaks
     * @throws TransferException TOO_NEW or TOO_OLD, as the peer is seen from here, if there is none;
     *     PROTOCOL_VIOLATION if the peer's versions are no range
     */
    public static int negotiate(int peerMin, int peerMax) throws TransferException {
        if (peerMin < BASE || peerMin > peerMax) {
            throw refusal(ErrorCode.PROTOCOL_VIOLATION, peerMin, peerMax, "that is no range of versions");
        }
        if (peerMin > MAX) {
            throw refusal(ErrorCode.TOO_NEW, peerMin, peerMax, "this program knows no newer one than " + MAX);
        }
        if (peerMax < MIN) {
            throw refusal(ErrorCode.TOO_OLD, peerMin, peerMax, "this program speaks none older than " + MIN);
        }
        return Math.min(peerMax, MAX);
    }

    private static TransferException refusal(ErrorCode code, int min, int max, String why) {
        return new TransferException(code, "protocol version", "the peer speaks %d to %d, %s".formatted(min, max, why));
    }
}
