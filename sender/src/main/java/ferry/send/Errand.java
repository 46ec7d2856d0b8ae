package ferry.send;

/** What a further stream is to do next, as the {@link Ledger} decides. */
sealed interface Errand {
    /** Send a chunk of a file. */
    record Send(Outgoing file, long chunk) implements Errand {}

    /** Let go what is batched, and ask again: there is nothing to send now. */
    record Pause() implements Errand {}

    /** End: all is answered, the session is over, or there are too many streams. */
    record Leave() implements Errand {}
}
