package ferry.entry;

/** The arithmetic of chunks: the aligned pieces of a file by which it is resumed and compared. Pure functions. */
public final class Chunks {
    /** Bytes in a chunk; only a file's last one may be shorter. Part of the protocol. */
    public static final int SIZE = 8 << 20;

    private Chunks() {}

    /** How many chunks a file of {@code size} bytes has; none if it is empty. */
    public static long count(long size) {
        requireNotNegative(size, "size");
        return size / SIZE + (size % SIZE == 0 ? 0 : 1);
    }

    /** The number of the chunk that holds the byte at {@code offset}, counted from 0. */
    public static long of(long offset) {
        requireNotNegative(offset, "offset");
        return offset / SIZE;
    }

    /** The offset of a chunk's first byte. */
    public static long start(long chunk) {
        requireNotNegative(chunk, "chunk");
        return Math.multiplyExact(chunk, (long) SIZE);
    }

    /** How many bytes a chunk has in a file of {@code size} bytes, which must reach into it. */
    public static int length(long chunk, long size) {
        if (chunk < 0 || chunk >= count(size)) {
            throw new IllegalArgumentException("no chunk %d in %d bytes".formatted(chunk, size));
        }
        return (int) Math.min(SIZE, size - start(chunk));
    }

    private static void requireNotNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException("negative %s: %d".formatted(name, value));
        }
    }
}
