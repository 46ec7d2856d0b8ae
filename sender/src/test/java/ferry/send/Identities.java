package ferry.send;

import ferry.error.TransferException;
import ferry.net.Tls;
import ferry.net.TlsProvider;
import ferry.net.TlsTrust;
import ferry.trust.Identity;
import java.util.Optional;

/** Keys for the tests, made once since that takes long, and kept nowhere. */
final class Identities {
    static final Identity SENDER = make();
    static final Identity RECEIVER = make();
    static final Identity STRANGER = make();

    private Identities() {}

    /** TLS as whoever has this identity speaks it with anybody. */
    static Tls tls(Identity identity) throws TransferException {
        return Tls.of(TlsProvider.JDK, identity, new TlsTrust.AnyKey());
    }

    private static Identity make() {
        try {
            return Identity.of(Optional.empty());
        } catch (TransferException e) {
            throw new IllegalStateException(e);
        }
    }
}
