package ferry.entry;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.List;

/** A set of a file's chunks, as rising ranges with gaps between them; immutable. */
public final class ChunkSet {
    /** Most ranges in a set: a limit of the protocol. */
    public static final int MAX_RANGES = 256;

    /** The set without chunks. */
    public static final ChunkSet NONE = new ChunkSet(List.of());

    private final List<Range> ranges;

    /**
     * Chunks that follow each other; only those in a {@link ChunkSet} are known to make sense.
     *
     * @param first the number of the first, from 0
     * @param count how many there are, from 1
     */
    public record Range(long first, long count) {
        /** The number after the last one's. */
        public long end() {
            return first + count;
        }
    }

    private ChunkSet(List<Range> ranges) {
        this.ranges = ranges;
    }

    /** All chunks of a file that has {@code count} of them. */
    public static ChunkSet all(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("negative count: " + count);
        }
        return count == 0 ? NONE : new ChunkSet(List.of(new Range(0, count)));
    }

    /**
     * The chunks of ranges that may come from a peer.
     *
     * @throws TransferException OVERSIZED if there are more than {@value #MAX_RANGES}; PROTOCOL_VIOLATION if one is
     *     empty or negative, or does not begin after a gap behind the one before it
     */
    public static ChunkSet of(List<Range> ranges) throws TransferException {
        if (ranges.size() > MAX_RANGES) {
            throw new TransferException(
                    ErrorCode.OVERSIZED, "set of chunks", "%d ranges, at most %d".formatted(ranges.size(), MAX_RANGES));
        }
        long free = 0;
        for (Range range : ranges) {
            if (range.first() < free || range.count() <= 0 || range.count() >= Long.MAX_VALUE - range.first()) {
                throw new TransferException(
                        ErrorCode.PROTOCOL_VIOLATION,
                        "set of chunks",
                        "%d chunks from number %d, expected some from number %d or later"
                                .formatted(range.count(), range.first(), free));
            }
            free = range.end() + 1;
        }
        return new ChunkSet(List.copyOf(ranges));
    }

    public boolean contains(long chunk) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Range range = ranges.get(middle);
            if (chunk < range.first()) {
                high = middle - 1;
            } else if (chunk >= range.end()) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    /** Rising, each with a gap behind it. */
    public List<Range> ranges() {
        return ranges;
    }

    /** How many chunks there are in all. */
    public long size() {
        return ranges.stream().mapToLong(Range::count).sum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkSet set && ranges.equals(set.ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    /** As in {@code [0-3, 7]}. */
    @Override
    public String toString() {
        return ranges.stream()
                .map(range ->
                        range.count() == 1 ? Long.toString(range.first()) : range.first() + "-" + (range.end() - 1))
                .toList()
                .toString();
    }
}
