package ferry.wire;

import ferry.entry.Attributes;
import ferry.entry.Crc32c;
import ferry.entry.Entry;
import ferry.entry.RelativePath;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The codec of frames, to and from memory: an operation is one frame. */
@State(Scope.Thread)
public class FrameBenchmark {
    /** Bytes of content of each DATA frame. */
    @Param({"1024", "1048576"})
    public int length;

    private final FrameWriter writer = new FrameWriter(new Drain(), FrameWriter.LARGE_BATCH, FrameTrace.OFF);
    private ByteBuffer body = Bytes.random(1);
    private int crc;
    private Frame offer = new Frame.KeepAlive();
    private FrameReader data = reader(new byte[0]);
    private FrameReader offers = reader(new byte[0]);
    private final ByteBuffer into = ByteBuffer.allocateDirect(Limits.MAX_BODY);

    @Setup
    public void prepare() throws Exception {
        body = Bytes.random(length);
        crc = Crc32c.of(body);
        Entry.File entry =
                new Entry.File(RelativePath.parse("some/path/of a file.txt"), OptionalLong.of(length), Attributes.NONE);
        offer = Frame.Offer.of(0, entry);
        ByteArrayOutputStream dataBytes = new ByteArrayOutputStream();
        FrameWriter dataWriter = memory(dataBytes);
        dataWriter.writeData(0, 0, crc, body.duplicate());
        dataWriter.flush();
        data = reader(dataBytes.toByteArray());
        ByteArrayOutputStream offerBytes = new ByteArrayOutputStream();
        FrameWriter offerWriter = memory(offerBytes);
        offerWriter.write(offer);
        offerWriter.flush();
        offers = reader(offerBytes.toByteArray());
        data.readPreface();
        offers.readPreface();
    }

    private static FrameWriter memory(ByteArrayOutputStream bytes) {
        return new FrameWriter(Channels.newChannel(bytes), FrameWriter.LARGE_BATCH, FrameTrace.OFF);
    }

    private static FrameReader reader(byte[] frame) {
        return new FrameReader(new Repeater(frame), Side.SENDER, FrameTrace.OFF);
    }

    /** With its checksum, as a sender computes it. */
    @Benchmark
    public void writeData() throws Exception {
        writer.writeData(0, 0, Crc32c.of(body.clear()), body);
    }

    @Benchmark
    public int readData() throws Exception {
        data.next();
        into.clear();
        while (data.bodyRemaining() > 0) {
            data.readBody(into);
        }
        return into.position();
    }

    @Benchmark
    public void writeOffer() throws Exception {
        writer.write(offer);
    }

    @Benchmark
    public Frame readOffer() throws Exception {
        return offers.next();
    }

    /** Takes everything. */
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

    /** A sender that says the same for ever. */
    private static final class Repeater implements ReadableByteChannel {
        private final ByteBuffer frame;
        private ByteBuffer current = ByteBuffer.allocateDirect(Framing.PREFACE_BYTES)
                .putLong(Framing.PREFACE)
                .flip();

        Repeater(byte[] bytes) {
            frame = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
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
