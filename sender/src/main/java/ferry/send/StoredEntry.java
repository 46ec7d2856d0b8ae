package ferry.send;

import ferry.send.Outgoing.Whole;

/**
 * An entry that the receiver has stored and not answered finally; immutable.
 *
 * @param number under which it was offered over this connection
 * @param whole what END stated of a file, else {@link Whole#NONE}
 */
record StoredEntry(long number, SourceEntry source, Whole whole) {
    /** One without content. */
    StoredEntry(long number, SourceEntry source) {
        this(number, source, Whole.NONE);
    }
}
