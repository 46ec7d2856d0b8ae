package ferry.entry;

/** How an entry came to be at the receiver. */
public enum Outcome {
    /** It was written and put under its final name. */
    PLACED,
    /** It was there already, which comparison proved; nothing was written. */
    SAME
}
