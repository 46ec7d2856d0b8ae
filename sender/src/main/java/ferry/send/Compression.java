package ferry.send;

/** Whether content is compressed on its way: {@code --compress}. */
enum Compression {
    /** Where that makes the transfer faster. */
    AUTO,

    /** Wherever content gets smaller. */
    ZSTD,

    NONE;

    /** The name of the default. */
    static final String DEFAULT = "auto";
}
