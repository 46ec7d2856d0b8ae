package ferry.event;

/**
 * How the connection of a transfer is protected, in words for people and programs; immutable.
 *
 * @param description the protocol and its cipher suite
 * @param peerKey the fingerprint of the key that the other side holds, {@code sha256:} and 64 hexadecimal digits
 */
public record Encryption(String description, String peerKey) {}
