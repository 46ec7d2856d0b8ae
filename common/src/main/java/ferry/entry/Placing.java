package ferry.entry;

/** How what a transfer brings comes under its final names. */
public enum Placing {
    /** Each entry as soon as it is complete. */
    ONE_BY_ONE,
    /** A whole directory tree in one step, or nothing of it. */
    ALL_AT_ONCE
}
