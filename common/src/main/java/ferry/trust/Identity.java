package ferry.trust;

import ferry.error.FileReason;
import ferry.error.TransferException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** By which this side shows who it is: a private key, and the certificate of its public key. Immutable, for any thread. */
public final class Identity {
    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final KeyFingerprint fingerprint;

    /**
     * @param chain the key's own certificate, and then those that vouch for it, each for the one before; not empty
     */
    Identity(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
        this.fingerprint = KeyFingerprint.of(chain.getFirst().getPublicKey());
    }

    /**
     * The user's identity, the same for both programs and for good: {@code identity.pem} in the folder, which is made when it
     * is first asked for (this takes about a second). Without a folder a new one, which lives as long as this process.
     *
     * @throws TransferException TRUST_FILE, if the file cannot be read or made, holds something else, or is open to others;
     *     INTERRUPTED, if this thread is while an identity is made
     */
    public static Identity of(Optional<ConfigFolder> folder) throws TransferException {
        return of(folder, Keytool.ofThisJava());
    }

    static Identity of(Optional<ConfigFolder> folder, Keytool keytool) throws TransferException {
        if (folder.isPresent()) {
            return new IdentityFile(folder.get(), keytool).identity();
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            return keytool.make(temporary);
        } catch (IOException e) {
            throw TrustFile.unusable(temporary, "no identity can be made here: " + FileReason.of(e), e);
        }
    }

    /**
     * An identity that somebody else certified.
     *
     * @param certificate PEM, the key's own certificate first
     * @param key PEM, PKCS#8 without a password; RSA of 2,048 bits or more, or EC on P-256 or P-384; the same file perhaps
     * @throws TransferException TRUST_FILE, if they cannot be read, are something else, or do not belong together; with a hint
     *     how to convert what can be converted
     */
    public static Identity ofPem(Path certificate, Path key) throws TransferException {
        return PemIdentity.read(certificate, key);
    }

    public PrivateKey key() {
        return key;
    }

    /** The key's own certificate first, then those that vouch for it; never empty. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** By which others know the key. */
    public KeyFingerprint fingerprint() {
        return fingerprint;
    }

    @Override
    public String toString() {
        return fingerprint.toString();
    }
}
