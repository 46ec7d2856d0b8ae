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
 * <p>Within a chunk bytes arrive in rising order, from one stream; a chunk that is complete is not written again, and one that is
 * not may be begun again at its start, which forgets what it had. Chunks that are complete and adjacent are kept as one
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
     * Takes note of bytes that are about to be written. They may belong to a frame that never comes to its end, so they count only
     * when they are {@link #add added}; but what they would overwrite does not count any more, or they are refused.
     *
     * @param offset where they begin in the file: behind all that this stream has written of the chunk, or at the chunk's start
     * @param length how many they are; at least one, and all in one chunk
     * @param stream which they come from, told from others by {@code equals}
     */
    public void writes(long offset, int length, Object stream) throws TransferException {
        long chunkStart = startOfChunk(offset, length);
        Run chunk = underWay(chunkStart);
        if (chunk == null || offset == chunkStart) {
            chunk = beginAgain(chunkStart, offset, length);
            chunk.stream = stream;
        } else if (!chunk.isContinuedAt(offset, stream)) {
            throw violation(
                    offset,
                    length,
                    "its chunk was written up to %d, over this stream or another one".formatted(chunk.written));
        }
        chunk.written = offset + length;
    }

    /**
     * Takes note of bytes that were written.
     *
     * @param offset where they begin in the file
     * @param length how many they are; at least one, and all in one chunk
     * @param crc their CRC32C
     */
    public void add(long offset, int length, int crc) throws TransferException {
        long chunkStart = startOfChunk(offset, length);
        Run chunk = openAt(chunkStart, offset, length);
        chunk.append(length, crc);
        bytes += length;
        if (chunk.end == endOfChunk(chunkStart)) {
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

    /** Of the chunk that all of the bytes belong to. */
    private long startOfChunk(long offset, int length) throws TransferException {
        if (offset < 0 || length <= 0 || offset > limit - length) {
            throw violation(offset, length, "expected at least one byte between 0 and " + limit);
        }
        long chunkStart = Chunks.start(Chunks.of(offset));
        long chunkEnd = endOfChunk(chunkStart);
        if (offset + length > chunkEnd) {
            throw violation(offset, length, "crosses the end of a chunk at " + chunkEnd);
        }
        return chunkStart;
    }

    /** The chunk under way that the bytes continue, or a new one if they begin it. */
    private Run openAt(long chunkStart, long offset, int length) throws TransferException {
        Run underWay = underWay(chunkStart);
        if (underWay != null && offset == underWay.end) {
            return underWay;
        }
        if (underWay != null && offset != chunkStart) {
            throw violation(
                    offset,
                    length,
                    "its chunk goes on at %d, or begins again at %d".formatted(underWay.end, chunkStart));
        }
        return beginAgain(chunkStart, offset, length);
    }

    /** A chunk of which nothing has arrived; what has is forgotten. */
    private Run beginAgain(long chunkStart, long offset, int length) throws TransferException {
        Run underWay = underWay(chunkStart);
        if (underWay == null) {
            requireRoomToBegin(chunkStart, offset, length);
        } else {
            bytes -= underWay.length();
            open.remove(underWay);
        }
        Run chunk = new Run(chunkStart);
        open.add(chunk);
        return chunk;
    }

    private @Nullable Run underWay(long chunkStart) {
        for (Run chunk : open) {
            if (chunk.start == chunkStart) {
                return chunk;
            }
        }
        return null;
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

    /** Bytes that have arrived without a gap, and their CRC. */
    private static final class Run {
        final long start;
        long end;
        int crc = Crc32c.EMPTY;

        /** Behind the last byte that was written, which may be of a frame that has not come to its end. */
        long written;

        /** Which the bytes come from; null if nothing was written. */
        @Nullable
        Object stream;

        Run(long start) {
            this.start = start;
            this.end = start;
            this.written = start;
        }

        boolean isContinuedAt(long offset, Object from) {
            return offset == written && from.equals(stream);
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
            written = Math.max(written, end);
        }
    }
}
