package ferry.wire;

/** One of the two ends of a transfer; which of them connected to the other follows from it. */
public enum Side {
    SENDER,
    RECEIVER;

    public Side other() {
        return switch (this) {
            case SENDER -> RECEIVER;
            case RECEIVER -> SENDER;
        };
    }

    /** The word for people. */
    @Override
    public String toString() {
        return switch (this) {
            case SENDER -> "sender";
            case RECEIVER -> "receiver";
        };
    }
}
