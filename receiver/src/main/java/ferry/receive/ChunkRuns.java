package ferry.receive;

import ferry.entry.ChunkSet;
import ferry.entry.ChunkSet.Range;
import ferry.entry.Chunks;
import ferry.error.TransferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Chunks that may be there, gathered one by one and kept as runs, so that memory grows with the gaps. For one thread. */
final class ChunkRuns {
    /** What is behind the last chunk of a run, by its first; no two runs touch. */
    private final TreeMap<Long, Long> runs = new TreeMap<>();

    void add(long chunk) {
        addAll(chunk, chunk + 1);
    }

    /** Adds the chunks from {@code first} to before {@code end}. */
    void addAll(long first, long end) {
        if (first >= end) {
            return;
        }
        long start = first;
        long behind = end;
        Map.Entry<Long, Long> before = runs.floorEntry(end);
        while (before != null && before.getValue() >= first) {
            start = Math.min(start, before.getKey());
            behind = Math.max(behind, before.getValue());
            runs.remove(before.getKey());
            before = runs.floorEntry(end);
        }
        runs.put(start, behind);
    }

    /** Adds those of others. */
    void addAll(ChunkRuns others) {
        others.runs.forEach(this::addAll);
    }

    boolean contains(long chunk) {
        Map.Entry<Long, Long> run = runs.floorEntry(chunk);
        return run != null && chunk < run.getValue();
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** The chunks of a file of {@code size} bytes that lie within its first {@code length} bytes. */
    ChunkRuns within(long length, long size) {
        ChunkRuns within = new ChunkRuns();
        long whole = length >= size ? Chunks.count(size) : length / Chunks.SIZE;
        runs.forEach((first, end) -> within.addAll(first, Math.min(end, whole)));
        return within;
    }

    /** How many bytes they are in a file of this size. */
    long bytes(long size) {
        long bytes = 0;
        for (Map.Entry<Long, Long> run : runs.entrySet()) {
            long end = run.getValue() >= Chunks.count(size) ? size : Chunks.start(run.getValue());
            bytes += Math.max(0, end - Chunks.start(run.getKey()));
        }
        return bytes;
    }

    /** Each chunk, rising. */
    LongStream chunks() {
        return runs.entrySet().stream().flatMapToLong(run -> LongStream.range(run.getKey(), run.getValue()));
    }

    /**
     * A set that contains them. If the protocol cannot name so many ranges, the smallest gaps are taken in: what is asked for
     * in vain costs a proof.
     */
    ChunkSet toSet() {
        List<Range> ranges = new ArrayList<>();
        long smallest = smallestGap();
        long first = 0;
        long end = 0;
        for (Map.Entry<Long, Long> run : runs.entrySet()) {
            if (end == 0 || run.getKey() - end >= smallest) {
                addRange(ranges, first, end);
                first = run.getKey();
            }
            end = run.getValue();
        }
        addRange(ranges, first, end);
        try {
            return ChunkSet.of(ranges);
        } catch (TransferException e) {
            throw new IllegalStateException("runs rise, and have gaps", e);
        }
    }

    private static void addRange(List<Range> ranges, long first, long end) {
        if (end > first) {
            ranges.add(new Range(first, end - first));
        }
    }

    /** Gaps of at least so many chunks are few enough to be named. */
    private long smallestGap() {
        if (runs.size() <= ChunkSet.MAX_RANGES) {
            return 1;
        }
        List<Long> gaps = new ArrayList<>(runs.size());
        long end = 0;
        for (Map.Entry<Long, Long> run : runs.entrySet()) {
            if (end > 0) {
                gaps.add(run.getKey() - end);
            }
            end = run.getValue();
        }
        gaps.sort(null);
        return gaps.get(gaps.size() - ChunkSet.MAX_RANGES) + 1;
    }
}
