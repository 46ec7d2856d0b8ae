package ferry.net;

import ferry.wire.Token;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.conscrypt.Conscrypt;

/** Engines of Conscrypt: BoringSSL in a native library. The only class that knows Conscrypt. */
class ConscryptTlsEngines extends TlsEngines {
    private final Provider provider = Conscrypt.newProvider();

    ConscryptTlsEngines(KeyManager keys, TrustManager trust) {
        super(keys, trust);
    }

    /** Why the native library cannot be used here; empty if it can. */
    static Optional<String> unavailable() {
        try {
            Conscrypt.checkAvailability();
            return Optional.empty();
        } catch (LinkageError e) {
            String message = e.getMessage();
            return Optional.of(
                    message == null ? e.toString() : message.lines().findFirst().orElse(message));
        }
    }

    @Override
    String provider() {
        return "Conscrypt";
    }

    @Override
    SSLContext context() throws GeneralSecurityException {
        return SSLContext.getInstance("TLSv1.3", provider);
    }

    /**
     * The suites of TLS 1.3 are the same three always, and not to be chosen. Those of TLS 1.2, which is off, must be left alone: from
     * them Conscrypt concludes for which kinds of keys a server asks its key manager.
     */
    @Override
    void restrict(SSLEngine engine) {
        Conscrypt.setUseSessionTickets(engine, false);
    }

    /** Conscrypt cannot ask; it answers. */
    @Override
    void askForNewKeys(SSLEngine engine) {}

    /** By Conscrypt's own call: its session refuses the standard one. */
    @Override
    byte[] export(SSLEngine engine, String label) throws IOException {
        byte[] exported = Conscrypt.exportKeyingMaterial(engine, label, new byte[0], Token.LENGTH);
        if (exported == null) {
            throw new SSLException("no keying material");
        }
        return exported;
    }
}
