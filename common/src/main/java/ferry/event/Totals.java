package ferry.event;

/**
 * What a transfer came to.
 *
 * @param entries that are now at the receiver: files, directories and links
 * @param files of these
 * @param bytes the sizes of these files together
 * @param moved bytes of content that went through the connection; fewer than {@code bytes} where the receiver had some
 *     already, more where some went twice
 * @param same of the entries, those that were there already
 * @param failed entries that are not at the receiver, and why was told
 * @param wire what {@code moved} was on the way: less where content was compressed
 */
public record Totals(long entries, long files, long bytes, long moved, long same, long failed, long wire) {
    /** Nothing was compressed. */
    public Totals(long entries, long files, long bytes, long moved, long same, long failed) {
        this(entries, files, bytes, moved, same, failed, moved);
    }
}
