package ferry.net;

import ferry.trust.ChannelBinding;
import ferry.trust.KeyFingerprint;

/** How a connection is protected, and what is known of its peer by that; immutable. */
public sealed interface Security {
    /** Not at all: whoever is in between reads and changes what passes, and nothing is known of the peer. */
    record None() implements Security {}

    /**
     * By TLS 1.3.
     *
     * @param peer the key that the peer holds, for it has signed this handshake with it
     * @param binding what this channel alone has
     * @param description for people: the cipher suite, and whose TLS it is
     */
    record Tls(KeyFingerprint peer, ChannelBinding binding, String description) implements Security {}
}
