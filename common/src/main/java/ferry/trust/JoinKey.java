package ferry.trust;

import ferry.wire.Token;
import ferry.wire.TransferId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * By which a further stream proves that it belongs to its transfer (docs/PROTOCOL.md, section 5.2). Immutable, for any thread.
 *
 * @param secret from the transfer's WELCOME
 */
public record JoinKey(Token secret, TransferId transfer) {
    private static final byte[] LABEL = "ferry-join-v1".getBytes(StandardCharsets.US_ASCII);

    /**
     * The proof for one stream over one connection; worth nothing for any other.
     *
     * @param stream its number, 1 to 15
     * @param channel what this connection alone has: the receiver's nonce, or in TLS {@link ChannelBinding#joinExporter}
     */
    public Token proof(int stream, Token channel) {
        byte[] id = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(transfer.high())
                .putLong(transfer.low())
                .array();
        byte[] number = {(byte) stream};
        return Token.of(Hashes.hmac(secret.bytes(), LABEL, id, number, channel.bytes()));
    }

    /** Whether this is that proof; takes as long for a wrong one as for a right one. */
    public boolean verify(int stream, Token channel, Token proof) {
        return proof(stream, channel).equals(proof);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "key to join " + transfer;
    }
}
