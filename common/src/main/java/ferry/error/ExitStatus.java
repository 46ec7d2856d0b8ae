package ferry.error;

/** What a program tells the shell that started it; the help and the manual list the same numbers. */
public enum ExitStatus {
    /** All that was asked for is done. */
    DONE(0),
    /** A fault of this program, not of its user, its files or its peer. */
    INTERNAL(1),
    /** The command line is wrong; nothing was done. */
    USAGE(2),
    /** A file or folder on this machine cannot be read or used. */
    LOCAL_FILE(3),
    /** The peer cannot be reached, or was lost. */
    NETWORK(4),
    /** One side does not let the other in. */
    ACCESS(5),
    /** The peer does not keep to the protocol, or speaks another version of it. */
    PROTOCOL(6),
    /** What arrived is not what was sent. */
    INTEGRITY(7),
    /** The receiver refused what was offered, or has something else under its name. */
    REFUSED(8),
    /** Entries failed, but not all of them, or not all for one cause. */
    PARTIAL(9),
    /** Stopped by SIGINT. */
    INTERRUPTED(130),
    /** Stopped by SIGTERM. */
    TERMINATED(143);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    /** The number for {@link System#exit}. */
    public int code() {
        return code;
    }
}
