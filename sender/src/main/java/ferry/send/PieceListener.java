package ferry.send;

import java.nio.ByteBuffer;

/** Sees the content of a file pass. */
@FunctionalInterface
interface PieceListener {
    /** Does not care. */
    PieceListener NOBODY = piece -> {};

    /** The bytes between position and limit, neither of which may move; each byte of the file once, in order. */
    void passes(ByteBuffer piece);
}
