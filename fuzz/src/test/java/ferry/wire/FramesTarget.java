package ferry.wire;

import static ferry.fuzz.Invariant.require;

import ferry.error.ErrorCode;
import ferry.error.Printable;
import ferry.error.TransferException;
import ferry.fuzz.Seal;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The frames of either side: what is read does not depend on how it is delivered, is what its writer would write, and nothing but
 * the errors of the protocol's page come of it.
 *
 * <p>The first byte says who speaks and whether the checksums are to be corrected; the rest is what comes from the connection.
 */
public final class FramesTarget {
    private static final int RECEIVER = 1;
    private static final int AS_IT_IS = 2;

    private static final Set<ErrorCode> REFUSALS = Set.of(
            ErrorCode.NOT_FERRY,
            ErrorCode.TRUNCATED,
            ErrorCode.OVERSIZED,
            ErrorCode.TRAILING,
            ErrorCode.UNKNOWN_FRAME,
            ErrorCode.CORRUPT_FRAME,
            ErrorCode.TOO_NEW,
            ErrorCode.TOO_OLD,
            ErrorCode.PROTOCOL_VIOLATION);

    private static final ByteBuffer BODY = ByteBuffer.allocateDirect(Limits.MAX_BODY);

    /** All frames of a connection, with their bodies, and how it ended. */
    private record Reading(List<Frame> frames, List<byte[]> bodies, String end, boolean proper, boolean prefaced) {
        boolean isSameAs(Reading other) {
            return frames.equals(other.frames)
                    && end.equals(other.end)
                    && Arrays.deepEquals(bodies.toArray(), other.bodies.toArray());
        }
    }

    private FramesTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        Side from = (input[0] & RECEIVER) == 0 ? Side.SENDER : Side.RECEIVER;
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        byte[] wire = (input[0] & AS_IT_IS) == 0 ? Seal.frames(rest) : rest;
        Reading whole = read(from, wire, wire.length);
        Reading pieces = read(from, wire, 1);
        require(whole.isSameAs(pieces), () -> "whole " + whole + " in pieces " + pieces);
        byte[] written = write(from, whole);
        int length = Math.min(written.length, wire.length);
        require(
                Arrays.equals(written, Arrays.copyOf(wire, length)) && (!whole.proper || wire.length == length),
                () -> "read and written is something else: " + whole);
        for (Frame frame : whole.frames) {
            String text = frame.describe();
            require(Printable.escape(text).equals(text), () -> "not safe to show: " + Printable.escape(text));
        }
    }

    private static Reading read(Side from, byte[] wire, int piece) throws IOException {
        List<Frame> frames = new ArrayList<>();
        List<byte[]> bodies = new ArrayList<>();
        FrameReader reader = new FrameReader(new Source(wire, Math.max(1, piece)), from, FrameTrace.OFF);
        reader.takeZstd();
        String end;
        boolean proper = false;
        boolean prefaced = false;
        try {
            if (from == Side.SENDER) {
                reader.readPreface();
                prefaced = true;
            }
            while (true) {
                Frame frame = reader.next();
                byte[] body = new byte[0];
                if (frame instanceof Frame.Data) {
                    body = body(reader);
                }
                frames.add(frame);
                bodies.add(body);
            }
        } catch (EOFException e) {
            end = "end";
            proper = true;
        } catch (TransferException e) {
            require(REFUSALS.contains(e.code()), () -> "no error of a frame: " + e);
            end = e.code() + " " + e.what() + ": " + e.why();
        }
        requireBroken(reader);
        return new Reading(frames, bodies, end, proper, prefaced);
    }

    private static byte[] body(FrameReader reader) throws IOException, TransferException {
        BODY.clear();
        while (reader.bodyRemaining() > 0) {
            require(reader.bodyRemaining() <= BODY.remaining(), () -> "a body longer than the largest");
            reader.readBody(BODY);
        }
        byte[] body = new byte[BODY.flip().remaining()];
        BODY.get(body);
        return body;
    }

    private static void requireBroken(FrameReader reader) throws IOException {
        try {
            Frame frame = reader.next();
            throw new AssertionError("after its end the reader gave " + frame);
        } catch (TransferException e) {
            throw new AssertionError("after its end the reader read on", e);
        } catch (IllegalStateException expected) {
            // As its contract says.
        }
    }

    private static byte[] write(Side from, Reading reading) throws IOException {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        FrameWriter writer = writer(sink);
        if (from == Side.SENDER && (reading.prefaced || !reading.frames.isEmpty())) {
            writer.writePreface();
        }
        for (int i = 0; i < reading.frames.size(); i++) {
            switch (reading.frames.get(i)) {
                case Frame.Data data -> writeData(writer, data, ByteBuffer.wrap(reading.bodies.get(i)));
                case Frame.Abort abort -> {
                    // Nothing may follow it, but for a reader it is a frame like any other.
                    writer.abort(abort.reason(), Duration.ZERO);
                    writer = writer(sink);
                }
                case Frame frame -> writer.write(frame);
            }
        }
        writer.flush();
        return sink.toByteArray();
    }

    private static void writeData(FrameWriter writer, Frame.Data data, ByteBuffer body) throws IOException {
        switch (data.encoding()) {
            case PLAIN -> writer.writeData(data.entry(), data.offset(), data.crc(), body);
            case ZSTD -> writer.writeZstd(data.entry(), data.offset(), data.length(), data.crc(), body);
        }
    }

    private static FrameWriter writer(ByteArrayOutputStream sink) {
        return new FrameWriter(Channels.newChannel(sink), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
    }

    /** Delivers so many bytes at once. */
    private static final class Source implements ReadableByteChannel {
        private final ByteBuffer bytes;
        private final int piece;

        Source(byte[] bytes, int piece) {
            this.bytes = ByteBuffer.wrap(bytes);
            this.piece = piece;
        }

        @Override
        public int read(ByteBuffer into) {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int count = Math.min(piece, Math.min(bytes.remaining(), into.remaining()));
            into.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
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
