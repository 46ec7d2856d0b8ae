package ferry.send;

/** What becomes of a source that is at the receiver. */
enum SourceFate {
    KEEP,
    /** It is removed once its receipt says that it is durable there. */
    REMOVE
}
