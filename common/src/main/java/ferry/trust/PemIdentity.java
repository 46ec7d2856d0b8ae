package ferry.trust;

import ferry.error.TransferException;
import ferry.trust.Pem.Block;
import ferry.trust.TrustFile.Exposure;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes an {@link Identity} of PEM texts. Pure of state, for any thread. */
final class PemIdentity {
    private static final int MIN_RSA_BITS = 2048;
    private static final List<Integer> EC_BITS = List.of(256, 384);

    private PemIdentity() {}

    /** As {@link Identity#ofPem}. */
    static Identity read(Path certificateFile, Path keyFile) throws TransferException {
        // The key first: if both are in one file, its mode must be that of a key.
        String keyText = TrustFile.read(keyFile, Exposure.SHARED);
        String certificateText = TrustFile.read(certificateFile, Exposure.PUBLIC);
        try {
            requireConvertedKey(keyFile, Pem.parse(keyText));
        } catch (IllegalArgumentException e) {
            throw TrustFile.unusable(keyFile, reason(e), e);
        }
        List<X509Certificate> chain;
        try {
            chain = chain(certificateText);
            requireUsable(chain.getFirst().getPublicKey());
        } catch (IllegalArgumentException e) {
            throw TrustFile.unusable(certificateFile, reason(e), e);
        }
        try {
            Identity identity = new Identity(key(keyText, chain.getFirst().getPublicKey()), chain);
            requirePair(identity);
            return identity;
        } catch (IllegalArgumentException e) {
            throw TrustFile.unusable(keyFile, reason(e), e)
                    .withHint("compare them: openssl x509 -noout -pubkey -in " + certificateFile
                            + "; openssl pkey -pubout -in " + keyFile);
        }
    }

    /**
     * The identity in these texts; whether key and certificate belong together is not looked at.
     *
     * @throws IllegalArgumentException with a reason, if there is none
     */
    static Identity parse(String certificateText, String keyText) {
        List<X509Certificate> chain = chain(certificateText);
        return new Identity(key(keyText, chain.getFirst().getPublicKey()), chain);
    }

    private static List<X509Certificate> chain(String text) {
        List<X509Certificate> chain = new ArrayList<>();
        for (Block block : Pem.parse(text)) {
            if (block.label().equals(Pem.CERTIFICATE)) {
                chain.add(certificate(block));
            }
        }
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no certificate is in it");
        }
        return chain;
    }

    private static X509Certificate certificate(Block block) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            ByteArrayInputStream bytes = new ByteArrayInputStream(block.bytes());
            if (factory.generateCertificate(bytes) instanceof X509Certificate certificate && bytes.available() == 0) {
                return certificate;
            }
            throw new IllegalArgumentException("line %d: more than a certificate".formatted(block.line()));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("line %d: not a certificate".formatted(block.line()), e);
        }
    }

    private static PrivateKey key(String text, PublicKey partner) {
        List<Block> keys = Pem.parse(text).stream()
                .filter(block -> block.label().equals(Pem.PRIVATE_KEY))
                .toList();
        if (keys.size() != 1) {
            throw new IllegalArgumentException("expected one private key, got " + keys.size());
        }
        try {
            return KeyFactory.getInstance(partner.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst().bytes()));
        } catch (InvalidKeySpecException e) {
            throw new IllegalArgumentException(
                    "not an %s key, as the certificate's is".formatted(partner.getAlgorithm()), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("%s keys cannot be used".formatted(partner.getAlgorithm()), e);
        }
    }

    /** Refuses the older forms of a key and those with a password, and says how to convert them. */
    private static void requireConvertedKey(Path file, List<Block> blocks) throws TransferException {
        Optional<String> label = blocks.stream()
                .map(Block::label)
                .filter(other -> other.endsWith(Pem.PRIVATE_KEY) && !other.equals(Pem.PRIVATE_KEY))
                .findFirst();
        if (label.isPresent()) {
            throw TrustFile.unusable(file, "expected a PRIVATE KEY, got '%s'".formatted(label.get()))
                    .withHint("openssl pkcs8 -topk8 -nocrypt -in " + file + " -out NEW.pem");
        }
    }

    private static void requireUsable(PublicKey key) {
        switch (key) {
            case ECPublicKey ec -> {
                int bits = ec.getParams().getCurve().getField().getFieldSize();
                if (!EC_BITS.contains(bits)) {
                    throw new IllegalArgumentException(
                            "expected a key on P-256 or P-384, got one of %d bits".formatted(bits));
                }
            }
            case RSAPublicKey rsa -> {
                int bits = rsa.getModulus().bitLength();
                if (bits < MIN_RSA_BITS) {
                    throw new IllegalArgumentException(
                            "expected an RSA key of at least %d bits, got %d".formatted(MIN_RSA_BITS, bits));
                }
            }
            default ->
                throw new IllegalArgumentException("expected an EC or RSA key, got %s, which not every peer can check"
                        .formatted(key.getAlgorithm()));
        }
    }

    /** Signs something, since nothing less shows that a key belongs to a certificate. */
    private static void requirePair(Identity identity) {
        PublicKey partner = identity.chain().getFirst().getPublicKey();
        byte[] text = {1};
        try {
            Signature signature =
                    Signature.getInstance(partner instanceof RSAPublicKey ? "SHA256withRSA" : "SHA256withECDSA");
            signature.initSign(identity.key());
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(partner);
            signature.update(text);
            if (!signature.verify(signed)) {
                throw new IllegalArgumentException("it is not the key of the first certificate");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("it is not the key of the first certificate", e);
        }
    }

    private static String reason(IllegalArgumentException failure) {
        return Optional.ofNullable(failure.getMessage()).orElse(failure.toString());
    }
}
