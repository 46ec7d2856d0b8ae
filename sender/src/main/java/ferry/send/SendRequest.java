package ferry.send;

import ferry.cli.CertificateFiles;
import ferry.entry.Placing;
import ferry.event.Protocol;
import ferry.net.ConnectOptions;
import ferry.net.Endpoint;
import ferry.net.TlsProvider;
import ferry.trust.KeyFingerprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * All that one run of {@code send} is asked to do; immutable. Made without looking at the disk or the network.
 *
 * @param sources in the order given, at least one; standard input at most once
 * @param bytesPerSecond most bytes of content a second, as they go over the network; empty for no limit
 * @param connect also says, by its timeout, how long the receiver may be silent
 * @param patience how long to try again while the receiver is not there; zero for one try
 * @param sha256 whether the SHA-256 of each file is computed too
 * @param retries what to do when the connection breaks
 * @param fate what becomes of the sources
 * @param streams how many streams a transfer shall have
 * @param placing how what arrives is to be placed; all at once only for a single source, and not by the classic protocol
 * @param compression whether content is compressed on its way
 */
record SendRequest(
        List<Source> sources,
        Endpoint target,
        Mode mode,
        Action action,
        Links links,
        EntryFilter filter,
        OptionalLong bytesPerSecond,
        ConnectOptions connect,
        Duration patience,
        boolean sha256,
        RetryPolicy retries,
        SourceFate fate,
        Streams streams,
        Placing placing,
        Compression compression) {

    SendRequest {
        sources = List.copyOf(sources);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("no source");
        }
    }

    /** How long the receiver may be silent. */
    Duration timeout() {
        return connect.timeout();
    }

    /** Whether a code is proved, if there is one. */
    boolean provesCode() {
        return action == Action.SEND && mode instanceof Mode.Encrypted;
    }

    /** How to speak with the receiver. */
    sealed interface Mode {
        /**
         * The Ferry protocol within TLS, to a receiver whose key is known, is pinned or has a certificate.
         *
         * @param certificate what to show in place of the user's own identity
         * @param authority who vouches for the receiver; empty if it is known by its key
         * @param pins the keys that the receiver may have; empty for any that is not known to be wrong
         */
        record Encrypted(
                TlsProvider provider,
                Optional<CertificateFiles> certificate,
                Optional<Path> authority,
                Set<KeyFingerprint> pins)
                implements Mode {
            public Encrypted {
                pins = Set.copyOf(pins);
            }
        }

        /** The Ferry protocol as it is: whoever is in between reads and changes it. */
        record Plain() implements Mode {}

        /** The classic protocol, which knows no encryption. */
        record Classic() implements Mode {}

        /** Which protocol that is. */
        default Protocol protocol() {
            return switch (this) {
                case Encrypted _, Plain _ -> Protocol.FERRY;
                case Classic _ -> Protocol.CLASSIC;
            };
        }
    }

    /** What to do with the sources. */
    enum Action {
        SEND,
        /** Tell what would be sent, and connect to nobody. */
        LIST
    }
}
