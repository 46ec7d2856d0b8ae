package ferry.send;

import ferry.send.Outgoing.Attempts;

/**
 * An entry that is to be offered; immutable.
 *
 * @param attempts how often it was offered before for reasons of its own, which a broken connection is not
 */
record ToOffer(SourceEntry source, Attempts attempts) {
    /** One that was never offered. */
    static ToOffer first(SourceEntry source) {
        return new ToOffer(source, Attempts.FIRST);
    }
}
