package ferry.net;

import ferry.wire.Token;
import java.security.GeneralSecurityException;
import java.security.Security;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.TrustManager;

/** Engines of the Java runtime's own TLS. */
class JdkTlsEngines extends TlsEngines {
    /** All that the JDK has for TLS 1.3; the smaller key first, since it is faster and enough. */
    private static final String[] SUITES = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };

    static {
        // Read once, when the first engine of the process is made. There is no other way to make a server hand out no
        // ticket.
        System.setProperty("jdk.tls.server.newSessionTicketCount", "0");
        // Read once too. When the JDK has read as much as this allows, it asks for new keys with each record that it
        // reads until the
        // peer has answered: with every one that is on its way. BoringSSL takes 32 such in a row for an attack, as we
        // do.
        // A limit for a cipher that there is not leaves the others without one; no entry at all it cannot read.
        Security.setProperty("jdk.tls.keyLimits", "none KeyUpdate 2^60");
    }

    JdkTlsEngines(KeyManager keys, TrustManager trust) {
        super(keys, trust);
    }

    @Override
    String provider() {
        return "the JDK's TLS";
    }

    @Override
    SSLContext context() throws GeneralSecurityException {
        return SSLContext.getInstance("TLSv1.3", "SunJSSE");
    }

    @Override
    void restrict(SSLEngine engine) {
        engine.setEnabledCipherSuites(SUITES);
    }

    /** A handshake is begun; in TLS 1.3, after the first, that is a KeyUpdate. */
    @Override
    void askForNewKeys(SSLEngine engine) throws SSLException {
        engine.beginHandshake();
    }

    @Override
    byte[] export(SSLEngine engine, String label) throws SSLKeyException {
        return ((ExtendedSSLSession) engine.getSession()).exportKeyingMaterialData(label, new byte[0], Token.LENGTH);
    }
}
