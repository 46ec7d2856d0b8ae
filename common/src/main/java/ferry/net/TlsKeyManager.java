package ferry.net;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents one key and its certificates, whatever authorities the peer names: Ferry's peers look at the key. Immutable, for any
 * thread.
 */
final class TlsKeyManager extends X509ExtendedKeyManager {
    private static final String ALIAS = "ferry";

    private final PrivateKey key;
    private final List<X509Certificate> chain;

    TlsKeyManager(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
        for (String type : keyTypes) {
            if (fits(type)) {
                return ALIAS;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return fits(keyType) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
        throw socketsAreNotUsed();
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        throw socketsAreNotUsed();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return chain.toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return key;
    }

    private String @Nullable [] aliases(String keyType) {
        return fits(keyType) ? new String[] {ALIAS} : null;
    }

    /** Key types are {@code EC}, {@code RSA}, and some that no key of ours has. */
    private boolean fits(String keyType) {
        return keyType.equals(key.getAlgorithm());
    }

    private static UnsupportedOperationException socketsAreNotUsed() {
        return new UnsupportedOperationException("engines only");
    }
}
