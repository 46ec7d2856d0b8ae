package ferry.send;

import ferry.net.ConnectOptions;
import ferry.net.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * All that one run of {@code send} is asked to do; immutable. Made without looking at the disk or the network.
 *
 * @param sources in the order given, at least one; standard input at most once
 * @param bytesPerSecond most bytes of content a second; empty for no limit
 * @param connect also says, by its timeout, how long the receiver may be silent
 * @param patience how long to try again while the receiver is not there; zero for one try
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
        Duration patience) {

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

    /** Which protocol to speak. */
    enum Mode {
        FERRY,
        CLASSIC
    }

    /** What to do with the sources. */
    enum Action {
        SEND,
        /** Tell what would be sent, and connect to nobody. */
        LIST
    }
}
