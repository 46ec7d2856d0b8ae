package ferry.event;

/** Whether both sides agreed on an entry's checksum. */
public enum Verification {
    VERIFIED,
    /** The classic protocol has no length and no checksum: what arrived is believed to be what was sent. */
    UNVERIFIED
}
