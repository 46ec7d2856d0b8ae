package ferry.net;

/** What is done with each accepted connection. */
@FunctionalInterface
public interface ConnectionHandler {
    /**
     * Serves one connection from its first byte to its last, on a virtual thread of its own; many at once. When it returns the
     * connection is closed properly if it still is open; when it throws, the connection is aborted and the {@link AcceptListener}
     * hears of it.
     */
    void handle(Connection connection) throws Exception;
}
