package ferry.event;

/** The two protocols that share a port. */
public enum Protocol {
    FERRY,
    CLASSIC
}
