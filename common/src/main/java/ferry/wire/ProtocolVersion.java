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
        return negotiate(MIN, MAX, peerMin, peerMax);
    }

    static int negotiate(int ourMin, int ourMax, int peerMin, int peerMax) throws TransferException {
        if (peerMin < BASE || peerMin > peerMax) {
            throw refusal(ErrorCode.PROTOCOL_VIOLATION, peerMin, peerMax, "which is no range of versions");
        }
        if (peerMin > ourMax) {
            throw refusal(ErrorCode.TOO_NEW, peerMin, peerMax, "the newest known here is " + ourMax);
        }
        if (peerMax < ourMin) {
            throw refusal(ErrorCode.TOO_OLD, peerMin, peerMax, "the oldest known here is " + ourMin);
        }
        return Math.min(peerMax, ourMax);
    }

    private static TransferException refusal(ErrorCode code, int min, int max, String why) {
        return new TransferException(code, "protocol version", "the peer speaks %d to %d, %s".formatted(min, max, why));
    }
}
