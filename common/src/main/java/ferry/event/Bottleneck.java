package ferry.event;

/** What a transfer waited for most of its time. */
public enum Bottleneck {
    /** Reading, and compressing, at the sender. */
    SOURCE,
    /** The connection. */
    NETWORK,
    /** Writing and syncing at the receiver. */
    STORAGE,
    /** {@code --limit}: it was as fast as it was allowed to be. */
    RATE_LIMIT,
    /** The other side, for a reason that this side cannot see. */
    PEER,
    /** Too short to tell, or nothing was moved. */
    NONE
}
