package ferry.net;

/**
 * How many connections to take.
 *
 * @param backlog how many connections the system may queue for us; it may cut this (Linux: {@code net.core.somaxconn})
 * @param maxConnections how many are served at once, over all listening sockets together
 * @param handlesPerConnection how many file handles one connection may need, its socket included; together with the process's limit
 *     of handles it may lower {@code maxConnections}, so that a connection is accepted only if those that it needs are in reserve
 */
public record AcceptOptions(int backlog, int maxConnections, int handlesPerConnection) {
    /** A backlog of 1024, 1000 connections, and 4 handles for each. */
    public static final AcceptOptions DEFAULT = new AcceptOptions(1024, 1000, 4);

    /** Handles that are kept for everything else: standard streams, jars, listening sockets, refused connections. */
    static final int OTHER_HANDLES = 64;

    /** Refuses numbers below 1, which the command line must not let through. */
    public AcceptOptions {
        if (backlog < 1 || maxConnections < 1 || handlesPerConnection < 1) {
            throw new IllegalArgumentException(
                    "less than one: " + backlog + ", " + maxConnections + ", " + handlesPerConnection);
        }
    }

    /** How many connections this process can serve at once, at least 1. */
    int servable(long handleLimit) {
        long affordable = (handleLimit - OTHER_HANDLES) / handlesPerConnection;
        return Math.clamp(affordable, 1, maxConnections);
    }
}
