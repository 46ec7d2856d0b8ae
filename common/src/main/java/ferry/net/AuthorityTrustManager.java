package ferry.net;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks the JDK's PKIX, in its own words: in TLS 1.3 a suite no longer says how the server's key is used, which the JDK calls
 * {@code UNKNOWN} and Conscrypt {@code GENERIC}, and the JDK refuses what it does not know. Immutable, for any thread.
 */
final class AuthorityTrustManager extends X509ExtendedTrustManager {
    private static final String SERVER_OF_TLS_1_3 = "UNKNOWN";

    private final X509ExtendedTrustManager pkix;

    AuthorityTrustManager(X509ExtendedTrustManager pkix) {
        this.pkix = pkix;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        pkix.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        pkix.checkServerTrusted(chain, SERVER_OF_TLS_1_3, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw engineIsMissing();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw engineIsMissing();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw engineIsMissing();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw engineIsMissing();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return pkix.getAcceptedIssuers();
    }

    /** Without an engine the name would not be compared. */
    private static CertificateException engineIsMissing() {
        return new CertificateException("certificates are judged for engines only");
    }
}
