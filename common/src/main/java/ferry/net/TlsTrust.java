package ferry.net;

import java.nio.file.Path;

/** Which certificates a TLS handshake takes from the peer, which must hold the certificate's key in any case. Immutable. */
public sealed interface TlsTrust {
    /**
     * Any: names and dates mean nothing, and whether this key may come is for the owner of the connection to decide, by
     * {@link Security.Tls#peer}. No name is sent to the receiver (no SNI).
     */
    record AnyKey() implements TlsTrust {}

    /**
     * Those that an authority vouches for (RFC 5280), today and for this use. Who connects also compares the name or address that it
     * connects to (as HTTPS does), and sends it (SNI) if it is a name.
     *
     * @param pem file of the authorities' certificates, one or more, in PEM
     */
    record Authority(Path pem) implements TlsTrust {}
}
