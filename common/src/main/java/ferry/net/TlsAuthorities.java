package ferry.net;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Reads a file of authorities' certificates, and trusts those whom they vouch for. Stateless. */
final class TlsAuthorities {
    /** More than all authorities of the web take. */
    private static final int MAX_FILE_BYTES = 4 << 20;

    private TlsAuthorities() {}

    /**
     * A trust manager of the JDK's that builds paths to these authorities (RFC 5280), whoever runs the handshake.
     *
     * @throws TransferException TRUST_FILE if it cannot be read, or holds no certificates
     */
    static TrustManager trusting(Path pem) throws TransferException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate authority : certificates(pem)) {
                store.setCertificateEntry(Integer.toString(number++), authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
            factory.init(store);
            return new AuthorityTrustManager((X509ExtendedTrustManager) factory.getTrustManagers()[0]);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has PKIX", e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path pem) throws TransferException {
        String what = pem.toString();
        try {
            if (Files.size(pem) > MAX_FILE_BYTES) {
                throw new TransferException(ErrorCode.TRUST_FILE, what, "larger than a file of certificates");
            }
            byte[] text = Files.readAllBytes(pem);
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(text));
            if (found.isEmpty()) {
                throw new TransferException(ErrorCode.TRUST_FILE, what, "holds no certificate, expected PEM");
            }
            return found;
        } catch (NoSuchFileException e) {
            throw new TransferException(ErrorCode.TRUST_FILE, what, "no such file", e);
        } catch (IOException e) {
            throw new TransferException(ErrorCode.TRUST_FILE, what, Sockets.why(e), e);
        } catch (CertificateException e) {
            throw new TransferException(ErrorCode.TRUST_FILE, what, "not a file of certificates in PEM", e)
                    .withHint("a certificate in PEM begins with -----BEGIN CERTIFICATE-----");
        }
    }
}
