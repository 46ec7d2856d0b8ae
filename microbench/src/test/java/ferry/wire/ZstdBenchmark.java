package ferry.wire;

import ferry.entry.Crc32c;
import ferry.error.TransferException;
import java.nio.ByteBuffer;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Compressed frames: an operation is one frame. */
@State(Scope.Thread)
public class ZstdBenchmark {
    /** Bytes of content. */
    @Param({"8192", "524288"})
    public int length;

    private final ZstdEncoder encoder = openEncoder();
    private final ZstdDecoder decoder = openDecoder();
    private ByteBuffer text = Bytes.text(1);
    private ByteBuffer random = Bytes.random(1);
    private ByteBuffer body = Bytes.random(1);
    private ByteBuffer room = Bytes.random(1);
    private ByteBuffer content = Bytes.random(1);
    private Frame.Data data = new Frame.Data(0, 0, 1, 0);

    private static ZstdEncoder openEncoder() {
        try {
            return ZstdEncoder.open();
        } catch (TransferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ZstdDecoder openDecoder() {
        try {
            return ZstdDecoder.open();
        } catch (TransferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Setup
    public void prepare() throws Exception {
        text = Bytes.text(length);
        random = Bytes.random(length);
        room = ByteBuffer.allocateDirect(length * 9 / 10);
        body = ByteBuffer.allocateDirect(length);
        content = ByteBuffer.allocateDirect(length);
        encoder.encode(text, body);
        data = new Frame.Data(0, 0, length, Crc32c.of(text), Encoding.ZSTD, body.remaining());
    }

    @TearDown
    public void close() {
        encoder.close();
        decoder.close();
    }

    @Benchmark
    public boolean encodeText() throws Exception {
        return encoder.encode(text, room.clear());
    }

    /** Which does not fit into less: what trying costs. */
    @Benchmark
    public boolean encodeRandom() throws Exception {
        return encoder.encode(random, room.clear());
    }

    /** With the comparison of the checksum. */
    @Benchmark
    public int decodeText() throws Exception {
        decoder.decode(data, List.of(body.rewind()), List.of(content));
        return content.get(0);
    }
}
