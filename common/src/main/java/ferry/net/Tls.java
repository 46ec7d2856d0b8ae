package ferry.net;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.trust.Identity;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/**
 * TLS 1.3 (RFC 8446) for the connections of one run: with authenticated encryption alone, certificates of both sides, and neither
 * resumption nor tickets (docs/PROTOCOL.md, section 2.1). Immutable, for any thread.
 */
public final class Tls {
    /** For all connections of a run together; smallest buffers may come on top. */
    private static final long BUFFER_BYTES = 64L << 20;

    /** Bytes after which keys are renewed: a third of what RFC 8446, section 5.5, allows with AES-GCM in one direction. */
    private static final long KEY_BYTES = 128L << 30;

    /** Kinds of keys that both providers can sign a handshake with. */
    private static final Set<String> KEYS = Set.of("EC", "RSA");

    private final TlsEngines engines;
    private final TlsTrust trust;
    private final String description;
    private final BufferPool buffers = new BufferPool(BUFFER_BYTES, TlsLink.RECORD_BYTES);

    private Tls(TlsEngines engines, TlsTrust trust, String description) {
        this.engines = engines;
        this.trust = trust;
        this.description = description;
    }

    /**
     * TLS for the connections of one run.
     *
     * @throws TransferException USAGE if Conscrypt is demanded and its native library does not load, or if the identity's key is of a
     *     kind that not every TLS can sign with, such as Ed25519; TRUST_FILE if the authorities' file cannot be used
     */
    public static Tls of(TlsProvider provider, Identity identity, TlsTrust trust) throws TransferException {
        return of(provider, identity.key(), identity.chain(), trust);
    }

    static Tls of(TlsProvider provider, PrivateKey key, List<X509Certificate> chain, TlsTrust trust)
            throws TransferException {
        if (!KEYS.contains(key.getAlgorithm())) {
            throw new TransferException(
                            ErrorCode.USAGE,
                            "--tls-key",
                            "the key is of kind %s, which not every TLS can sign with, expected EC or RSA"
                                    .formatted(key.getAlgorithm()))
                    .withHint("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
        }
        KeyManager keys = new TlsKeyManager(key, chain);
        TrustManager judge = switch (trust) {
            case TlsTrust.AnyKey any -> new AnyKeyTrustManager();
            case TlsTrust.Authority authority -> TlsAuthorities.trusting(authority.pem());
        };
        Optional<String> unavailable =
                provider == TlsProvider.JDK ? Optional.empty() : ConscryptTlsEngines.unavailable();
        return switch (provider) {
            case JDK -> jdk(keys, judge, trust, "the JDK's TLS");
            case CONSCRYPT -> {
                if (unavailable.isPresent()) {
                    throw new TransferException(
                                    ErrorCode.USAGE,
                                    "--tls-provider conscrypt",
                                    "its native library does not load: " + unavailable.get())
                            .withHint("--tls-provider jdk");
                }
                yield conscrypt(keys, judge, trust);
            }
            case AUTO ->
                unavailable.isPresent()
                        ? jdk(keys, judge, trust, "the JDK's TLS (Conscrypt does not load: " + unavailable.get() + ")")
                        : conscrypt(keys, judge, trust);
        };
    }

    private static Tls jdk(KeyManager keys, TrustManager judge, TlsTrust trust, String description) {
        return new Tls(new JdkTlsEngines(keys, judge), trust, description);
    }

    private static Tls conscrypt(KeyManager keys, TrustManager judge, TlsTrust trust) {
        return new Tls(new ConscryptTlsEngines(keys, judge), trust, "Conscrypt");
    }

    /**
     * Begins TLS as the side that has connected, which owns what is returned and no longer the raw connection. If the handshake fails
     * the raw connection is closed, after at most two seconds more in which the peer can read why.
     *
     * @param target the host of whose certificate the name is compared with {@link TlsTrust.Authority}; a Unix socket's is
     *     {@code localhost}
     * @param limit for the whole handshake
     * @throws TransferException CERTIFICATE_REFUSED by either side (by the peer also later, in a read); ACCESS_DENIED if a
     *     receiver says that it takes no TLS, BUSY if it says that it has no place, NOT_FERRY if it speaks none or no TLS 1.3, PROTOCOL_VIOLATION, TIMEOUT, CONNECTION_LOST
     */
    public Connection connect(Connection raw, Endpoint target, Duration limit) throws TransferException {
        SSLEngine engine = switch (trust) {
            case TlsTrust.AnyKey any -> engines.client();
            case TlsTrust.Authority authority -> engines.clientOf(host(target), port(target));
        };
        return handshake(raw, engine).run(TlsHandshake.Side.CLIENT, limit);
    }

    /**
     * Begins TLS as the side that has accepted, and otherwise as {@link #connect}.
     *
     * @throws TransferException as {@link #connect}
     */
    public Connection accept(Connection raw, Duration limit) throws TransferException {
        return handshake(raw, engines.server()).run(TlsHandshake.Side.SERVER, limit);
    }

    private TlsHandshake handshake(Connection raw, SSLEngine engine) {
        return new TlsHandshake(new TlsLink(raw, engines, engine, buffers, KEY_BYTES), engines);
    }

    /** Whose TLS this is, for people. */
    public String description() {
        return description;
    }

    /**
     * Tells somebody who begins TLS that this receiver takes no encrypted connections, and closes as {@link Refusal} does. What the
     * peer has sent need not have been read.
     */
    public static void refuseHandshake(Connection connection) {
        Refusal.refuse(connection, TlsRecord.alert(TlsRecord.ACCESS_DENIED));
    }

    private static String host(Endpoint target) {
        return switch (target) {
            case Endpoint.Tcp tcp -> tcp.host().replaceFirst("%.*", "");
            case Endpoint.Unix unix -> "localhost";
        };
    }

    private static int port(Endpoint target) {
        return switch (target) {
            case Endpoint.Tcp tcp -> tcp.port();
            case Endpoint.Unix unix -> Endpoint.DEFAULT_PORT;
        };
    }
}
