package ferry.fuzz;

import ferry.error.TransferException;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.Side;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;

/** Understands bytes of the Ferry protocol as far as they can be understood. */
public final class Wire {
    private Wire() {}

    /** The frames of one direction up to the first that is not one. */
    public static List<Frame> frames(byte[] wire, Side from) {
        List<Frame> frames = new ArrayList<>();
        FrameReader reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(wire)), from, FrameTrace.OFF);
        try {
            if (from == Side.SENDER) {
                reader.readPreface();
            }
            while (true) {
                Frame frame = reader.next();
                if (frame instanceof Frame.Data) {
                    reader.skipBody();
                }
                frames.add(frame);
            }
        } catch (IOException | TransferException e) {
            return frames;
        }
    }
}
