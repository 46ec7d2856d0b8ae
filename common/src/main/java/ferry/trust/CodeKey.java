package ferry.trust;

import ferry.wire.Side;
import ferry.wire.Token;
import java.nio.charset.StandardCharsets;

/**
 * The key K that a {@link Secret} becomes, and by which each side proves to the other that it knows it (docs/PROTOCOL.md,
 * section 10). Immutable, for any thread.
 */
public final class CodeKey {
    /** Rounds of PBKDF2 for a passphrase, which a person chose and others may guess. */
    static final int ROUNDS = 600_000;

    private static final String LABEL = "ferry-auth-v1";

    private final byte[] key;

    private CodeKey(byte[] key) {
        this.key = key;
    }

    /** Derives the key; from a passphrase that takes a processor about half a second, so do it once. */
    public static CodeKey derive(Secret secret) {
        byte[] key = secret.isGenerated()
                ? Hashes.hmac(ascii(LABEL), ascii(secret.text()))
                : Hashes.pbkdf2(secret.text(), LABEL, ROUNDS);
        return new CodeKey(key);
    }

    /** What this side sends to show over this channel that it knows the secret; worth nothing over any other. */
    public Token proof(Side role, ChannelBinding binding) {
        byte[] name = ascii("ferry " + role);
        byte[] length = {(byte) name.length};
        byte[] proof = Hashes.hmac(
                key,
                length,
                name,
                binding.exporter().bytes(),
                binding.senderCertificate().bytes(),
                binding.receiverCertificate().bytes());
        return Token.of(proof);
    }

    /** Whether this is the proof of that side over this channel; takes as long for a wrong one as for a right one. */
    public boolean verify(Side role, ChannelBinding binding, Token proof) {
        return proof(role, binding).equals(proof);
    }

    /** K itself, to hold against test vectors. */
    byte[] bytes() {
        return key.clone();
    }

    /** Shows nothing of it. */
    @Override
    public String toString() {
        return "(key)";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
