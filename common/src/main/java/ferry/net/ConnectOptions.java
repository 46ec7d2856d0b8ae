package ferry.net;

import java.time.Duration;

/**
 * How to connect.
 *
 * @param timeout for one round over all addresses of the host, its name's lookup included; longer than zero
 * @param family which addresses may be used
 */
public record ConnectOptions(Duration timeout, AddressFamily family) {
    /** Refuses a timeout that is over before it begins, which is a bug of the caller. */
    public ConnectOptions {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("connect timeout must be longer than zero, is " + timeout);
        }
    }
}
