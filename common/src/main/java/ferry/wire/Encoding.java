package ferry.wire;

/** How the body of a DATA frame holds its content: section 5.6 of docs/PROTOCOL.md. */
public enum Encoding {
    /** As it is. */
    PLAIN(0),

    /** One Zstandard frame: {@link ZstdEncoder}, {@link ZstdDecoder}. */
    ZSTD(1);

    private final int number;

    Encoding(int number) {
        this.number = number;
    }

    /** In the flags of a DATA frame. */
    int number() {
        return number;
    }
}
