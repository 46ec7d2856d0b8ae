package ferry.receive;

import ferry.wire.Frame;
import ferry.wire.OwnerId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Whose staging it is: what a broken transfer has left is found again by the same owner alone. Immutable.
 *
 * @param name the fingerprint of the sender's key, or {@code plain:} and the SHA-256 of the id by which a sender without
 *     encryption goes, so that who reads the one never is the other, and the id itself is not on our disk
 */
record Owner(String name) {
    private static final String PLAIN = "plain";

    /** The owner of what a sender sends; empty if it has neither key nor id, and nothing is kept for it. */
    static Optional<Owner> of(Grant grant, Frame.Hello hello) {
        if (grant.owner().isPresent()) {
            return grant.owner().map(key -> new Owner(key.toString()));
        }
        OwnerId id = hello.owner();
        return id.isNone() ? Optional.empty() : Optional.of(new Owner(PLAIN + ":" + sha256(PLAIN + id)));
    }

    /** How people know it: the fingerprint of a key, or {@code plain}. */
    String shown() {
        return name.startsWith(PLAIN) ? PLAIN : name;
    }

    /** Tells apart what owners have under one name, in a form that can name a file. */
    String key(String path) {
        return sha256(name + "\0" + path).substring(0, 32);
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
