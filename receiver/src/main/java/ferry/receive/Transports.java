package ferry.receive;

/** What may reach a receiver. */
enum Transports {
    /** TLS, the Ferry protocol in plain, and the classic protocol. */
    ALL,
    /** TLS alone. */
    ENCRYPTED,
    /** Everything but TLS. */
    PLAIN;

    boolean areEncryptedOnly() {
        return this == ENCRYPTED;
    }
}
