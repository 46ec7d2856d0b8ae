package ferry.entry;

import ferry.wire.Bytes;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The checksum of frames and files. */
@State(Scope.Thread)
public class CrcBenchmark {
    private final ByteBuffer mebibyte = Bytes.random(1 << 20);
    private int crc;

    @Benchmark
    public int ofAMebibyte() {
        return Crc32c.of(mebibyte);
    }

    /** What a further chunk costs the checksum of a file. */
    @Benchmark
    public int combineChunks() {
        crc = Crc32c.combine(crc, 0x1234_5678, Chunks.SIZE);
        return crc;
    }

    /** The length with the most bits. */
    @Benchmark
    public int combineOddLength() {
        crc = Crc32c.combine(crc, 0x1234_5678, Chunks.SIZE - 1);
        return crc;
    }
}
