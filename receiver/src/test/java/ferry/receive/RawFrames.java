package ferry.receive;

import ferry.error.TransferException;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.OwnerId;
import ferry.wire.Side;
import ferry.wire.TransferId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a sender of the Ferry protocol writes and reads, over anything that carries bytes. */
final class RawFrames {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private RawFrames() {}

    static Frame hello() {
        return new Frame.Hello(1, 1, 0, TransferId.random(), OwnerId.NONE, PATIENCE, "test");
    }

    /** What a sender of the Ferry protocol writes: the preface and these frames. */
    static byte[] frames(Frame... frames) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(Channels.newChannel(bytes), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        writer.writePreface();
        for (Frame frame : frames) {
            writer.write(frame);
        }
        writer.flush();
        return bytes.toByteArray();
    }

    /** What a receiver of the Ferry protocol writes up to a frame of this kind, but for keep-alives. */
    static List<Frame> framesUntil(Class<? extends Frame> last, InputStream in) throws IOException, TransferException {
        FrameReader reader = new FrameReader(Channels.newChannel(in), Side.RECEIVER, FrameTrace.OFF);
        List<Frame> frames = new ArrayList<>();
        Frame frame;
        do {
            frame = reader.next();
            if (!(frame instanceof Frame.KeepAlive)) {
                frames.add(frame);
            }
        } while (!last.isInstance(frame));
        return frames;
    }
}
