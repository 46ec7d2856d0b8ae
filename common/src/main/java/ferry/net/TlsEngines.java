package ferry.net;

import ferry.wire.Token;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * Makes the engines of one provider, as Ferry wants them: TLS 1.3 alone, suites with authenticated encryption alone, no resumption.
 * Immutable, for any thread.
 */
abstract class TlsEngines {
    private static final String[] PROTOCOLS = {"TLSv1.3"};

    private final KeyManager[] keys;
    private final TrustManager[] trust;

    TlsEngines(KeyManager keys, TrustManager trust) {
        this.keys = new KeyManager[] {keys};
        this.trust = new TrustManager[] {trust};
    }

    /** Whose TLS this is, for people. */
    abstract String provider();

    /** A context of the provider, not initialised. */
    abstract SSLContext context() throws GeneralSecurityException;

    /** Leaves the engine suites with authenticated encryption alone, and no tickets, as far as its provider asks the engine. */
    abstract void restrict(SSLEngine engine);

    /** Has the next record that is written ask for new keys of both directions (KeyUpdate, RFC 8446, section 4.6.3). */
    abstract void askForNewKeys(SSLEngine engine) throws SSLException;

    /** 32 bytes that this channel alone has, by the exporter of RFC 8446, section 7.5, with an empty context. */
    abstract byte[] export(SSLEngine engine, String label) throws GeneralSecurityException, IOException;

    /** An engine for who has connected, who does not look at names. */
    final SSLEngine client() {
        return prepared(initialised().createSSLEngine());
    }

    /** An engine for who has connected to this host, and demands a certificate for it. */
    final SSLEngine clientOf(String host, int port) {
        SSLEngine engine = prepared(initialised().createSSLEngine(host, port));
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** An engine for who has accepted, and demands a certificate. */
    final SSLEngine server() {
        SSLEngine engine = initialised().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(true);
        return restricted(engine);
    }

    /** What this engine's channel alone has under this label. */
    final Token exporter(SSLEngine engine, String label) throws GeneralSecurityException, IOException {
        return Token.of(export(engine, label));
    }

    private SSLEngine prepared(SSLEngine engine) {
        engine.setUseClientMode(true);
        return restricted(engine);
    }

    private SSLEngine restricted(SSLEngine engine) {
        engine.setEnabledProtocols(PROTOCOLS);
        restrict(engine);
        return engine;
    }

    /** A context of its own for each connection: with it goes every session that could be resumed. */
    private SSLContext initialised() {
        try {
            SSLContext context = context();
            context.init(keys, trust, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(provider() + " has no TLS 1.3", e);
        }
    }
}
