package ferry.entry;

/** What an entry is, where its content does not matter. */
public enum EntryKind {
    FILE,
    DIRECTORY,
    LINK
}
