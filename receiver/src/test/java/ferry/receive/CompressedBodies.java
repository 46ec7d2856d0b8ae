package ferry.receive;

import ferry.net.BufferPool;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.Side;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;

/** Takes a compressed body through the receiver's buffers, without a disk that would give any back meanwhile. */
final class CompressedBodies {
    private CompressedBodies() {}

    /** Sends the content in one frame, and returns what comes of it. */
    static byte[] take(BufferPool buffers, byte[] content) throws Exception {
        FrameReader reader = new FrameReader(
                Channels.newChannel(new ByteArrayInputStream(frame(content))), Side.SENDER, FrameTrace.OFF);
        reader.takeZstd();
        reader.readPreface();
        Frame.Data data = (Frame.Data) reader.next();
        byte[] taken = new byte[data.length()];
        Window window = new Window(buffers);
        try (Decoders decoders = new Decoders()) {
            CompressedBody body = new CompressedBody(window, window.another(), decoders);
            for (Piece piece : body.take(data, reader, _ -> {}, 1 << 20)) {
                int length = piece.buffer().remaining();
                piece.buffer().get(taken, (int) piece.offset(), length);
                piece.release();
            }
        }
        return taken;
    }

    private static byte[] frame(byte[] content) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(Channels.newChannel(bytes), FrameWriter.LARGE_BATCH, FrameTrace.OFF);
        writer.writePreface();
        byte[] body = ScriptedFerrySender.encoded(content);
        writer.writeZstd(0, 0, content.length, ScriptedFerrySender.crc(content), ByteBuffer.wrap(body));
        writer.flush();
        return bytes.toByteArray();
    }
}
