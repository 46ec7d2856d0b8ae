package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import ferry.entry.Crc32c;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts what the data path allocates: garbage per frame would set the pace of a fast transfer. */
class AllocationTest {
    private static final int FRAMES = 2_000;

    /** The first frames are not counted: code that runs for the first time is linked, which allocates. */
    private static final int WARMUP_FRAMES = 200;

    private static final int RECORD_BYTES = 48;
    private static final int SMALL = 100;
    private static final int LARGE = 100_000;

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void writesDataWithoutAllocating(int length) throws Exception {
        FrameWriter writer = new FrameWriter(new Drain(), FrameWriter.LARGE_BATCH, FrameTrace.OFF);
        ByteBuffer body = ByteBuffer.allocateDirect(length);
        assertThat(allocatedPerFrame(() -> writer.writeData(1, 0, 0, body.clear())))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void readsDataWithNoMoreThanOneRecordAFrame(int length) throws Exception {
        FrameReader reader = new FrameReader(new Repeater(length), Side.SENDER, FrameTrace.OFF);
        reader.readPreface();
        ByteBuffer body = ByteBuffer.allocateDirect(length);
        assertThat(allocatedPerFrame(() -> {
                    reader.next();
                    body.clear();
                    while (reader.bodyRemaining() > 0) {
                        reader.readBody(body);
                    }
                }))
                .isLessThanOrEqualTo(RECORD_BYTES);
    }

    @Test
    void noticesAnAllocation() throws Exception {
        List<byte[]> kept = new ArrayList<>();
        assertThat(allocatedPerFrame(() -> kept.add(new byte[16]))).isPositive();
    }

    private static long allocatedPerFrame(Action action) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARMUP_FRAMES; i++) {
            action.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < FRAMES; i++) {
            action.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / FRAMES;
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    private static final class Drain implements WritableByteChannel {
        @Override
        public int write(ByteBuffer from) {
            int count = from.remaining();
            from.position(from.limit());
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** A sender that sends the same DATA frame for ever. */
    private static final class Repeater implements ReadableByteChannel {
        private final ByteBuffer frame;
        private ByteBuffer current = ByteBuffer.allocate(Framing.PREFACE_BYTES)
                .putLong(Framing.PREFACE)
                .flip();

        Repeater(int length) throws IOException {
            ByteSink sink = new ByteSink(Pieces.WHOLE);
            FrameWriter writer = new FrameWriter(sink, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
            ByteBuffer body = ByteBuffer.allocate(length);
            writer.writeData(1, 0, Crc32c.of(body), body);
            writer.flush();
            frame = ByteBuffer.wrap(sink.bytes());
        }

        @Override
        public int read(ByteBuffer into) {
            if (!current.hasRemaining()) {
                current = frame.rewind();
            }
            int count = Math.min(current.remaining(), into.remaining());
            into.put(into.position(), current, current.position(), count).position(into.position() + count);
            current.position(current.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
