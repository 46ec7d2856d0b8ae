package ferry.trust;

import ferry.wire.Token;

/**
 * What makes one TLS channel different from every other, the same at both of its ends; a man in the middle has two
 * channels, with two different bindings. Immutable.
 *
 * @param exporter 32 bytes from the channel's exporter (RFC 8446, section 7.5) with the label {@value #EXPORTER_LABEL}
 *     and an empty context
 * @param joinExporter as that, with the label {@value #JOIN_EXPORTER_LABEL}
 * @param senderCertificate SHA-256 of the sender's certificate in DER
 * @param receiverCertificate SHA-256 of the receiver's certificate in DER
 */
public record ChannelBinding(Token exporter, Token joinExporter, Token senderCertificate, Token receiverCertificate) {
    /** For proofs of a code (docs/PROTOCOL.md). */
    public static final String EXPORTER_LABEL = "EXPORTER-ferry-auth-v1";

    /** For proofs that a further stream belongs to its transfer. */
    public static final String JOIN_EXPORTER_LABEL = "EXPORTER-ferry-join-v1";
}
