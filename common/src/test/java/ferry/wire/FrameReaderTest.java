package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Attributes;
import ferry.entry.Crc32c;
import ferry.entry.EntryKind;
import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final Frame DONE = new Frame.Done(1);
    private static final Frame.Data DATA = new Frame.Data(0, 0, 9, 0xe3069283);

    @Test
    void refusesAnotherPrefaceAtTheFirstByteThatDiffers() {
        FrameReader reader = fresh(Side.SENDER, "\0FERRX");
        assertRefused(ErrorCode.NOT_FERRY, reader::readPreface);
    }

    @Test
    void saysTruncatedWhereverThePrefaceIsCut() {
        assertRefused(ErrorCode.TRUNCATED, fresh(Side.SENDER, "\0")::readPreface);
        assertRefused(ErrorCode.TRUNCATED, fresh(Side.SENDER, "\0FERRY\r")::readPreface);
    }

    @Test
    void saysThatTheConnectionEndedBeforeItsFirstByteOrBetweenFrames() throws Exception {
        assertThatThrownBy(fresh(Side.SENDER, "")::readPreface).isInstanceOf(EOFException.class);
        assertThatThrownBy(fresh(Side.RECEIVER, "")::next).isInstanceOf(EOFException.class);
        FrameReader reader = Conversation.reader(Side.SENDER, Conversation.write(DONE), Pieces.WHOLE);
        reader.next();
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok", "error: ", "HTTP/1.1 400", "SSH-2.0", "\u0008", "\u0015\u0003", "\u0011"})
    void knowsFromTheFirstByteThatThePeerIsNoReceiver(String answer) {
        assertRefused(ErrorCode.NOT_FERRY, fresh(Side.RECEIVER, answer)::next);
        assertRefused(ErrorCode.NOT_FERRY, fresh(Side.RECEIVER, answer.substring(0, 1))::next);
    }

    @Test
    void readsManyControlFramesWithOneReadOfTheChannel() throws Exception {
        byte[] frames = concat(Collections.nCopies(300, Conversation.write(new Frame.Stored(7))));
        ByteSource source = new ByteSource(frames, Pieces.WHOLE);
        FrameReader reader = new FrameReader(source, Side.RECEIVER, FrameTrace.OFF);
        assertRefused(ErrorCode.NOT_FERRY, reader::next);

        byte[] opened = concat(List.of(Conversation.write(new Frame.KeepAlive()), frames));
        source = new ByteSource(opened, Pieces.WHOLE);
        reader = new FrameReader(source, Side.RECEIVER, FrameTrace.OFF);
        reader.next();
        for (int i = 0; i < 300; i++) {
            assertThat(reader.next()).isEqualTo(new Frame.Stored(7));
        }
        assertThat(source.reads()).isEqualTo(1);
    }

    @Test
    void readsTheLongestControlFrame() throws Exception {
        String longest = "p".repeat(Limits.MAX_PATH_BYTES);
        Frame offer = new Frame.Offer(
                0, EntryKind.LINK, OptionalLong.empty(), Attributes.NONE, longest, "t".repeat(Limits.MAX_TARGET_BYTES));
        byte[] bytes = Conversation.write(offer);
        for (Pieces pieces : List.of(Pieces.WHOLE, Pieces.SINGLE_BYTES)) {
            assertThat(Conversation.readOnly(Side.SENDER, bytes, pieces)).isEqualTo(offer);
        }
    }

    @Test
    void readsABodyIntoManySmallBuffers() throws Exception {
        FrameReader reader = Conversation.reader(Side.SENDER, Conversation.write(DATA), Pieces.WHOLE);
        reader.next();
        StringBuilder body = new StringBuilder();
        while (reader.bodyRemaining() > 0) {
            ByteBuffer small = ByteBuffer.allocate(2);
            int count = reader.readBody(small);
            assertThat(count).isPositive().isEqualTo(small.position());
            assertThat(small.limit()).isEqualTo(2);
            body.append(new String(small.array(), 0, count, StandardCharsets.US_ASCII));
        }
        assertThat(body).hasToString(Frames.BODY);
    }

    @Test
    void neverReadsPastTheBodyAndTouchesNothingAroundIt() throws Exception {
        byte[] bytes = concat(List.of(Conversation.write(DATA), Conversation.write(DONE)));
        FrameReader reader = Conversation.reader(Side.SENDER, bytes, Pieces.SINGLE_BYTES);
        reader.next();
        ByteBuffer into = ByteBuffer.allocateDirect(100).position(10).limit(90);
        while (reader.bodyRemaining() > 0) {
            reader.readBody(into);
        }
        assertThat(into.position()).isEqualTo(19);
        assertThat(into.limit()).isEqualTo(90);
        assertThat(into.get(9)).isZero();
        assertThat(into.get(19)).isZero();
        assertThat(reader.next()).isEqualTo(DONE);
    }

    @Test
    void skipsABodyAndChecksItAllTheSame() throws Exception {
        byte[] data = Conversation.write(DATA);
        for (Pieces pieces : List.of(Pieces.WHOLE, Pieces.SINGLE_BYTES)) {
            FrameReader reader =
                    Conversation.reader(Side.SENDER, concat(List.of(data, Conversation.write(DONE))), pieces);
            reader.next();
            reader.skipBody();
            assertThat(reader.next()).isEqualTo(DONE);
        }
        data[data.length - 1] ^= 1;
        FrameReader reader = Conversation.reader(Side.SENDER, data, Pieces.SINGLE_BYTES);
        reader.next();
        assertRefused(ErrorCode.CORRUPT_FRAME, reader::skipBody);
    }

    @Test
    void saysTruncatedWhenTheConnectionEndsInABodyThatIsSkipped() throws Exception {
        byte[] data = Conversation.write(DATA);
        FrameReader reader = Conversation.reader(Side.SENDER, Arrays.copyOf(data, data.length - 1), Pieces.WHOLE);
        reader.next();
        assertRefused(ErrorCode.TRUNCATED, reader::skipBody);
    }

    @Test
    void refusesToGoOnBeforeTheBodyIsRead() throws Exception {
        FrameReader reader = Conversation.reader(Side.SENDER, Conversation.write(DATA), Pieces.WHOLE);
        assertThatThrownBy(() -> reader.readBody(ByteBuffer.allocate(1))).isInstanceOf(IllegalStateException.class);
        reader.next();
        assertThatThrownBy(reader::next).isInstanceOf(IllegalStateException.class);
        reader.skipBody();
        assertThatThrownBy(reader::skipBody).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }

    @Test
    void refusesToGoOnAfterAnError() throws Exception {
        byte[] bytes = concat(List.of(
                RawFrame.of(Conversation.write(DONE)).withControlLength(9).bytes(), Conversation.write(DONE)));
        FrameReader reader = Conversation.reader(Side.SENDER, bytes, Pieces.WHOLE);
        assertRefused(ErrorCode.TRAILING, reader::next);
        assertThatThrownBy(reader::next).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesToReadFramesBeforeThePreface() {
        assertThatThrownBy(fresh(Side.SENDER, "\0FERRY\r\n")::next).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(fresh(Side.RECEIVER, "\0FERRY\r\n")::readPreface).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void showsEachFrameToTheTrace() throws Exception {
        List<String> seen = new ArrayList<>();
        byte[] bytes =
                concat(List.of(Conversation.write(new Frame.KeepAlive()), Conversation.write(new Frame.Stored(3))));
        FrameReader reader = new FrameReader(
                new ByteSource(bytes, Pieces.WHOLE),
                Side.RECEIVER,
                (direction, frame) -> seen.add(direction + " " + frame.describe()));
        reader.next();
        reader.next();
        assertThat(seen).containsExactly("RECEIVED KEEPALIVE", "RECEIVED STORED 3");
    }

    @Test
    void readsAnyTrafficHoweverTheNetworkCutsIt() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<byte[]> traffic = new ArrayList<>();
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            byte[] body = new byte[1 + random.nextInt(random.nextBoolean() ? 40 : 100_000)];
            random.nextBytes(body);
            bodies.add(body);
            traffic.add(dataFrame(i, body));
            traffic.add(Conversation.write(new Frame.End(i, body.length, 0)));
        }
        FrameReader reader = Conversation.reader(Side.SENDER, concat(traffic), Pieces.random(seed));
        ByteBuffer into = ByteBuffer.allocateDirect(30_000);
        for (int i = 0; i < bodies.size(); i++) {
            assertThat(reader.next()).as("seed %d", seed).isInstanceOf(Frame.Data.class);
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (reader.bodyRemaining() > 0) {
                into.clear();
                reader.readBody(into);
                byte[] piece = new byte[into.flip().remaining()];
                into.get(piece);
                body.writeBytes(piece);
            }
            assertThat(body.toByteArray()).as("seed %d", seed).isEqualTo(bodies.get(i));
            assertThat(reader.next()).as("seed %d", seed).isEqualTo(new Frame.End(i, bodies.get(i).length, 0));
        }
    }

    private static byte[] dataFrame(long entry, byte[] body) throws IOException {
        ByteSink sink = new ByteSink(Pieces.WHOLE);
        FrameWriter writer = new FrameWriter(sink, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        writer.writeData(entry, 0, Crc32c.of(ByteBuffer.wrap(body)), ByteBuffer.wrap(body));
        writer.flush();
        return sink.bytes();
    }

    private static FrameReader fresh(Side from, String bytes) {
        byte[] said = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return new FrameReader(new ByteSource(said, Pieces.SINGLE_BYTES), from, FrameTrace.OFF);
    }

    private static byte[] concat(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        TransferException.class,
                        refusal -> assertThat(refusal.code())
                                .as(refusal.getMessage())
                                .isEqualTo(code));
    }
}
