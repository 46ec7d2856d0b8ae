package ferry.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameRoundTripTest {
    @ParameterizedTest
    @MethodSource("names")
    void readsEachFrameAsItWasWritten(String name) throws Exception {
        Frame frame = java.util.Objects.requireNonNull(Frames.VALID.get(name));
        Side from = FrameType.of(frame).mayComeFrom(Side.SENDER) ? Side.SENDER : Side.RECEIVER;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(Channels.newChannel(bytes), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        if (from == Side.SENDER) {
            writer.writePreface();
        } else {
            writer.write(new Frame.KeepAlive());
        }
        switch (frame) {
            case Frame.Data data ->
                writer.writeData(
                        data.entry(), data.offset(), data.crc(), ByteBuffer.wrap(Frames.BODY.getBytes(US_ASCII)));
            case Frame.Abort abort -> writer.abort(abort.reason(), java.time.Duration.ZERO);
            default -> writer.write(frame);
        }
        if (!(frame instanceof Frame.Abort)) {
            writer.flush();
        }
        FrameReader reader = new FrameReader(
                Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())), from, FrameTrace.OFF);
        if (from == Side.SENDER) {
            reader.readPreface();
        } else {
            reader.next();
        }
        assertThat(reader.next()).isEqualTo(frame);
        if (frame instanceof Frame.Data) {
            reader.skipBody();
        }
        assertThat(reader.hasBufferedFrame()).isFalse();
    }

    static java.util.Set<String> names() {
        return new java.util.TreeSet<>(Frames.VALID.keySet());
    }
}
