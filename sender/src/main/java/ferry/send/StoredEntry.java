package ferry.send;

/**
 * An entry that the receiver has stored and not answered finally; immutable.
 *
 * @param number under which it was offered over this connection
 */
record StoredEntry(long number, SourceEntry source) {}
