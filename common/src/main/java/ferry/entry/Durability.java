package ferry.entry;

/** What a loss of power at the receiver can still do to an entry; the strongest first. */
public enum Durability {
    /** Nothing: its bytes and its name were synced to the disk. */
    DURABLE,
    /** It may be lost: written, but not synced ({@code --no-fsync}), or not known to be (the classic protocol). */
    WRITTEN,
    /** It was never on a disk that we know of: {@code --stdout}. */
    STREAMED
}
