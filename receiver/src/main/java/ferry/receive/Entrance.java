package ferry.receive;

import ferry.error.TransferException;

/** Where a session asks whether its transfer may begin. For the connection's own thread. */
@FunctionalInterface
interface Entrance {
    /**
     * Waits until there is a place, and until no other session of the same transfer has anything to do with the disk.
     *
     * @return the place, to be closed when the transfer's inbox is closed
     * @throws TransferException BUSY or SHUTTING_DOWN
     */
    Place enter(Visitor visitor) throws TransferException, InterruptedException;

    /**
     * The connection is a further stream of a transfer, and needs no place for one.
     *
     * @throws TransferException JOIN_REFUSED if there are too many
     */
    default void join() throws TransferException {}

    /** A transfer's place, which it keeps while it moves, or nobody else needs it. */
    interface Place extends AutoCloseable {
        /** To be told how the transfer gets on. */
        Liveliness liveliness();

        /** Gives the place to somebody else. */
        @Override
        void close();
    }
}
