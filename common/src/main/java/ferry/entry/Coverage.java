package ferry.entry;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which bytes of one file have arrived, and the CRC32C of the whole, whatever the order of its chunks.
 *
 * <p>Within a chunk bytes arrive in rising order; a chunk that is complete is not written again, and one that is not
 * may be begun again at its start, which forgets what it had. Chunks that are complete and adjacent are kept as one
 * run, so memory grows with holes and with chunks under way, both limited, and a file that arrives in order costs the
 * same whatever its size.
 *
 * <p>Not thread-safe: whoever writes the file guards it. What breaks the rules is refused as
 * {@link ErrorCode#PROTOCOL_VIOLATION} and changes nothing.
 */
public final class Coverage {
    /** Most chunks begun and not complete: one for each stream, and those of streams that broke. */
    public static final int MAX_OPEN_CHUNKS = 64;

    /**
     * Most runs of complete chunks, so one more than holes: enough for 1 TiB of which every other chunk is there. To
     * make it grow by one, a peer must send a chunk in full.
     */
    public static final int MAX_RUNS = 65_536;

    /** The offset behind the last byte that the file may have. */
    private final long limit;

    /** Complete chunks, by their start; no two of them are adjacent. */
    private final TreeMap<Long, Run> runs = new TreeMap<>();

    /** Few enough to be searched one by one, which costs no boxed key for each frame. */
    private final List<Run> open = new ArrayList<>();

    private long bytes;

    private Coverage(long limit) {
        this.limit = limit;
    }

    /** For a file that was offered with this size in bytes: data behind it is refused. */
    public static Coverage ofSize(long size) {
        if (size < 0) {
            throw new IllegalArgumentException("negative size: " + size);
        }
        return new Coverage(size);
    }

    /** For a file whose size is known only at its end. */
    public static Coverage ofUnknownSize() {
        return new Coverage(Long.MAX_VALUE);
    }

    /**
     * Takes note of bytes that were written.
     *
     * @param offset where they begin in the file
     * @param length how many they are; at least one, and all in one chunk
     * @param crc their CRC32C
     */
    public void add(long offset, int length, int crc) throws TransferException {
        if (offset < 0 || length <= 0 || offset > limit - length) {
            throw violation(offset, length, "expected at least one byte between 0 and " + limit);
        }
        long chunkStart = Chunks.start(Chunks.of(offset));
        long chunkEnd = endOfChunk(chunkStart);
        if (offset + length > chunkEnd) {
            throw violation(offset, length, "crosses the end of a chunk at " + chunkEnd);
        }
        Run chunk = openAt(chunkStart, offset, length);
        chunk.append(length, crc);
        bytes += length;
        if (chunk.end == chunkEnd) {
            open.remove(chunk);
            complete(chunk);
        }
    }

    /** Whether all bytes from 0 to {@code size} have arrived and none behind them. */
    public boolean isWhole(long size) {
        return bytes == size && highestEnd() == size;
    }

    /**
     * The CRC32C of the file.
     *
     * @throws IllegalStateException if it is not whole at this size
     */
    public int crc(long size) {
        if (!isWhole(size)) {
            throw new IllegalStateException("%d bytes have arrived, not the whole of %d".formatted(bytes, size));
        }
        Run whole = new Run(0);
        for (Run run : runs.values()) {
            whole.append(run);
        }
        for (Run chunk : open) {
            whole.append(chunk);
        }
        return whole.crc;
    }

    /** How many different bytes have arrived; falls when a chunk is begun again. */
    public long bytes() {
        return bytes;
    }

    /** Whether a chunk is complete; of a file of unknown size, a last one that is shorter never is. */
    public boolean contains(long chunk) {
        Map.Entry<Long, Run> before = runs.floorEntry(Chunks.start(chunk));
        return before != null && Chunks.start(chunk) < before.getValue().end;
    }

    /** How many runs and chunks under way it remembers: what its memory grows with. */
    int pieces() {
        return runs.size() + open.size();
    }

    /** The chunk under way that the bytes continue, or a new one if they begin it. */
    private Run openAt(long chunkStart, long offset, int length) throws TransferException {
        Run underWay = underWay(chunkStart);
        if (underWay == null) {
            requireRoomToBegin(chunkStart, offset, length);
            return begin(chunkStart);
        }
        if (offset == underWay.end) {
            return underWay;
        }
        if (offset != chunkStart) {
            throw violation(
                    offset,
                    length,
                    "its chunk goes on at %d, or begins again at %d".formatted(underWay.end, chunkStart));
        }
        bytes -= underWay.length();
        open.remove(underWay);
        return begin(chunkStart);
    }

    private @Nullable Run underWay(long chunkStart) {
        for (Run chunk : open) {
            if (chunk.start == chunkStart) {
                return chunk;
            }
        }
        return null;
    }

    private Run begin(long chunkStart) {
        Run chunk = new Run(chunkStart);
        open.add(chunk);
        return chunk;
    }

    private void requireRoomToBegin(long chunkStart, long offset, int length) throws TransferException {
        if (contains(Chunks.of(chunkStart))) {
            throw violation(offset, length, "its chunk is complete already");
        }
        if (offset != chunkStart) {
            throw violation(offset, length, "its chunk must begin at " + chunkStart);
        }
        if (open.size() >= MAX_OPEN_CHUNKS) {
            throw violation(offset, length, "%d chunks are incomplete already".formatted(open.size()));
        }
        if (runs.size() >= MAX_RUNS && !touchesRun(chunkStart)) {
            throw violation(offset, length, "there are %d holes already".formatted(runs.size()));
        }
    }

    private boolean touchesRun(long chunkStart) {
        Map.Entry<Long, Run> before = runs.lowerEntry(chunkStart);
        return (before != null && before.getValue().end == chunkStart) || runs.containsKey(endOfChunk(chunkStart));
    }

    /** Makes the chunk part of the runs that it touches, or a run of its own. */
    private void complete(Run chunk) {
        Run run = chunk;
        Map.Entry<Long, Run> before = runs.lowerEntry(chunk.start);
        if (before != null && before.getValue().end == chunk.start) {
            run = before.getValue();
            run.append(chunk);
        }
        Run after = runs.remove(run.end);
        if (after != null) {
            run.append(after);
        }
        runs.put(run.start, run);
    }

    private long endOfChunk(long chunkStart) {
        return limit - chunkStart <= Chunks.SIZE ? limit : chunkStart + Chunks.SIZE;
    }

    private long highestEnd() {
        long highest = runs.isEmpty() ? 0 : runs.lastEntry().getValue().end;
        for (Run chunk : open) {
            highest = Math.max(highest, chunk.end);
        }
        return highest;
    }

    private static TransferException violation(long offset, int length, String why) {
        return new TransferException(
                ErrorCode.PROTOCOL_VIOLATION, "data of %d bytes at offset %d".formatted(length, offset), why);
    }

    /** Bytes without a gap, and their CRC. */
    private static final class Run {
        final long start;
        long end;
        int crc = Crc32c.EMPTY;

        Run(long start) {
            this.start = start;
            this.end = start;
        }

        long length() {
            return end - start;
        }

        void append(Run next) {
            append(next.length(), next.crc);
        }

        void append(long length, int nextCrc) {
            crc = Crc32c.combine(crc, nextCrc, length);
            end += length;
        }
    }
}
