package ferry.wire;

import ferry.error.TransferException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Puts frames in the middle of a connection, after what either side must begin with. */
final class Conversation {
    private Conversation() {}

    /** A reader of these bytes that has read what comes before them. */
    static FrameReader reader(Side from, byte[] bytes, Pieces pieces) throws IOException, TransferException {
        byte[] opening = opening(from);
        byte[] all = new byte[opening.length + bytes.length];
        System.arraycopy(opening, 0, all, 0, opening.length);
        System.arraycopy(bytes, 0, all, opening.length, bytes.length);
        FrameReader reader = new FrameReader(new ByteSource(all, pieces), from, FrameTrace.OFF);
        reader.takeZstd();
        switch (from) {
            case SENDER -> reader.readPreface();
            case RECEIVER -> reader.next();
        }
        return reader;
    }

    /** Reads the bytes as one frame, with its body, and then the end of the connection. */
    static Frame readOnly(Side from, byte[] bytes, Pieces pieces) throws IOException, TransferException {
        FrameReader reader = reader(from, bytes, pieces);
        Frame frame = reader.next();
        ByteBuffer body = ByteBuffer.allocateDirect(Limits.MAX_BODY);
        while (reader.bodyRemaining() > 0) {
            reader.readBody(body);
        }
        if (frame instanceof Frame.Data data && data.encoding() == Encoding.ZSTD) {
            try (ZstdDecoder decoder = ZstdDecoder.open()) {
                decoder.decode(data, List.of(body.flip()), List.of(ByteBuffer.allocateDirect(data.length())));
            }
        }
        try {
            Frame more = reader.next();
            throw new AssertionError("one frame became two: " + frame + " and " + more);
        } catch (EOFException e) {
            return frame;
        }
    }

    /** The bytes of one frame; those of a DATA with its body in {@link Frames}. */
    static byte[] write(Frame frame) throws IOException {
        ByteSink sink = new ByteSink(Pieces.WHOLE);
        FrameWriter writer = new FrameWriter(sink, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        switch (frame) {
            case Frame.Abort abort -> writer.abort(abort.reason(), Duration.ZERO);
            case Frame.Data data -> {
                ByteBuffer body = Frames.body(data);
                switch (data.encoding()) {
                    case PLAIN -> writer.writeData(data.entry(), data.offset(), data.crc(), body);
                    case ZSTD -> writer.writeZstd(data.entry(), data.offset(), data.length(), data.crc(), body);
                }
                writer.flush();
            }
            default -> {
                writer.write(frame);
                writer.flush();
            }
        }
        return sink.bytes();
    }

    static ByteBuffer body() {
        return ByteBuffer.wrap(Frames.BODY.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] opening(Side from) throws IOException {
        return switch (from) {
            case SENDER ->
                ByteBuffer.allocate(Framing.PREFACE_BYTES)
                        .putLong(Framing.PREFACE)
                        .array();
            case RECEIVER -> write(new Frame.KeepAlive());
        };
    }
}
