package ferry.event;

/** Which way something goes, seen from the program that tells it. */
public enum Direction {
    OUTGOING,
    INCOMING
}
