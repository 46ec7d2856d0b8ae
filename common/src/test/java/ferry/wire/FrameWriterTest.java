package ferry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Crc32c;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
    private static final Frame STORED = new Frame.Stored(3);
    private static final Reason TIMEOUT = new Reason(ErrorCode.TIMEOUT, "nothing arrived for 30 s");
    private static final int LARGE = FrameWriter.MAX_COPIED_BODY + 1;

    private final ByteSink sink = new ByteSink(Pieces.WHOLE);
    private final FrameWriter writer = new FrameWriter(sink, FrameWriter.SMALL_BATCH, FrameTrace.OFF);

    @Test
    void beginsWithThePreface() throws Exception {
        writer.writePreface();
        writer.flush();
        assertThat(sink.bytes()).containsExactly(0, 'F', 'E', 'R', 'R', 'Y', '\r', '\n');
    }

    @Test
    void gathersFramesUntilItIsFlushed() throws Exception {
        for (int i = 0; i < 100; i++) {
            writer.write(STORED);
        }
        assertThat(sink.writes()).isEmpty();
        writer.flush();
        writer.flush();
        assertThat(sink.writes()).containsExactly(100 * 20);
    }

    @Test
    void writesABatchWhenItIsFull() throws Exception {
        for (int i = 0; i < FrameWriter.SMALL_BATCH / 20 + 1; i++) {
            writer.write(STORED);
        }
        assertThat(sink.writes()).containsExactly(FrameWriter.SMALL_BATCH / 20 * 20 + 20);
    }

    @Test
    void hasRoomForTheLargestFrameAndTheLargestCopiedBodyAtAnyTime() throws Exception {
        Frame largest = new Frame.Receipt(
                0, EntryKind.DIRECTORY, Outcome.PLACED, Durability.DURABLE, 0, 0, "p".repeat(Limits.MAX_PATH_BYTES));
        for (int filled = 0; filled < FrameWriter.SMALL_BATCH; filled += 1000) {
            FrameWriter tight = new FrameWriter(sink, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
            for (int i = 0; i * 20 < filled; i++) {
                tight.write(STORED);
            }
            tight.writeData(0, 0, 0, ByteBuffer.allocate(FrameWriter.MAX_COPIED_BODY));
            for (int i = 0; i * 20 < filled; i++) {
                tight.write(STORED);
            }
            tight.write(largest);
            tight.flush();
        }
    }

    @Test
    void copiesASmallBodyAndWritesALargeOneWithWhatWasWaiting() throws Exception {
        writer.write(STORED);
        writer.writeData(0, 0, 0, ByteBuffer.allocate(FrameWriter.MAX_COPIED_BODY - 100));
        assertThat(sink.writes()).isEmpty();
        ByteBuffer large = ByteBuffer.allocateDirect(LARGE);
        writer.writeData(0, 0, 0, large);
        assertThat(large.hasRemaining()).isFalse();
        assertThat(sink.writes()).containsExactly(20 + 36 + FrameWriter.MAX_COPIED_BODY - 100 + 36, LARGE);
    }

    @Test
    void writesBatchAndLargeBodyAtOnceWhereTheChannelCan() throws Exception {
        ByteSink gathering = ByteSink.gathering(Pieces.WHOLE);
        FrameWriter both = new FrameWriter(gathering, FrameWriter.LARGE_BATCH, FrameTrace.OFF);
        both.write(STORED);
        both.writeData(0, 0, 0, ByteBuffer.allocateDirect(LARGE));
        assertThat(gathering.writes()).containsExactly(20 + 36 + LARGE);
    }

    @Test
    void losesNothingHoweverLittleTheChannelTakes() throws Exception {
        long seed = System.nanoTime();
        for (ByteSink slow : List.of(
                new ByteSink(Pieces.SINGLE_BYTES),
                ByteSink.gathering(Pieces.SINGLE_BYTES),
                new ByteSink(Pieces.random(seed)),
                ByteSink.gathering(Pieces.random(seed)))) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            FrameWriter both = new FrameWriter(slow, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
            Random random = new Random(seed);
            for (int i = 0; i < 20; i++) {
                byte[] body = new byte[1 + random.nextInt(2 * LARGE)];
                random.nextBytes(body);
                both.write(STORED);
                both.writeData(i, 0, Crc32c.of(ByteBuffer.wrap(body)), ByteBuffer.wrap(body));
                expected.writeBytes(Conversation.write(STORED));
                expected.writeBytes(dataFrame(i, body));
            }
            both.flush();
            assertThat(slow.bytes()).as("seed %d", seed).isEqualTo(expected.toByteArray());
        }
    }

    @Test
    void refusesWhatNoFrameCanHoldAndStaysUsable() throws Exception {
        assertThatThrownBy(() -> writer.write(new Frame.Stored(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.write(new Frame.Done(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.write(new Frame.Data(0, 0, 1, 0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.write(new Frame.Abort(TIMEOUT))).isInstanceOf(IllegalArgumentException.class);
        for (String agent : List.of("x".repeat(65), "\uD83D")) {
            Frame hello = new Frame.Hello(1, 1, 0, new TransferId(0, 0), OwnerId.NONE, Duration.ofSeconds(30), agent);
            assertThatThrownBy(() -> writer.write(hello)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> writer.writeData(0, 0, 0, ByteBuffer.allocate(0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.writeData(0, 0, 0, ByteBuffer.allocate(Limits.MAX_BODY + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.writeData(0, -1, 0, ByteBuffer.allocate(1)))
                .isInstanceOf(IllegalArgumentException.class);
        writer.write(STORED);
        writer.flush();
        assertThat(sink.bytes()).isEqualTo(Conversation.write(STORED));
    }

    @Test
    void writesNothingMoreAfterTheChannelFailed() throws Exception {
        ByteSink breaking = ByteSink.breakingAfter(10);
        FrameWriter broken = new FrameWriter(breaking, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        broken.write(STORED);
        assertThatThrownBy(broken::flush).isInstanceOf(IOException.class).hasMessage("broken pipe");
        assertThatThrownBy(() -> broken.write(STORED)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> broken.writeData(0, 0, 0, ByteBuffer.allocate(1)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(broken::flush).isInstanceOf(IOException.class);
        assertThat(broken.tryKeepAlive()).isFalse();
        assertThat(broken.abort(TIMEOUT, Duration.ZERO)).isFalse();
        assertThat(breaking.bytes()).hasSize(10);
    }

    @Test
    void keepsAliveOnlyWhatHasBeenSilentSinceItWasLastAsked() throws Exception {
        assertThat(writer.tryKeepAlive()).isTrue();
        assertThat(writer.tryKeepAlive()).isTrue();
        writer.write(STORED);
        writer.flush();
        assertThat(writer.tryKeepAlive()).isFalse();
        assertThat(writer.tryKeepAlive()).isTrue();
        assertThat(sink.writes()).containsExactly(12, 12, 20, 12);
    }

    @Test
    void keepsAliveWithWhatIsWaitingIfAnythingIs() throws Exception {
        writer.write(STORED);
        assertThat(writer.tryKeepAlive()).isTrue();
        assertThat(sink.bytes()).isEqualTo(Conversation.write(STORED));
    }

    @Test
    void endsWithAnAbortBehindWhatWasWaiting() throws Exception {
        writer.write(STORED);
        assertThat(writer.abort(TIMEOUT, Duration.ZERO)).isTrue();
        byte[] abort = Conversation.write(new Frame.Abort(TIMEOUT));
        assertThat(sink.writes()).containsExactly(20 + abort.length);
        assertThat(sink.bytes()).endsWith(abort);
        assertThatThrownBy(() -> writer.write(STORED)).isInstanceOf(IOException.class);
        assertThat(writer.abort(TIMEOUT, Duration.ZERO)).isFalse();
        assertThat(writer.tryKeepAlive()).isFalse();
    }

    @Test
    void neitherKeepsAliveNorAbortsWhileAnotherThreadIsStuckInTheChannel() throws Exception {
        StuckChannel stuck = new StuckChannel();
        FrameWriter busy = new FrameWriter(stuck, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> writing = threads.submit(() -> {
                busy.write(STORED);
                busy.flush();
                return true;
            });
            stuck.entered.await();
            assertThat(busy.tryKeepAlive()).isFalse();
            assertThat(busy.abort(TIMEOUT, Duration.ofMillis(1))).isFalse();
            stuck.released.countDown();
            writing.get();
        }
        assertThat(busy.abort(TIMEOUT, Duration.ZERO)).isTrue();
    }

    @Test
    void keepsTheFramesOfManyThreadsWhole() throws Exception {
        int threads = 8;
        int frames = 200;
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                byte[] body = new byte[thread % 2 == 0 ? 100 : LARGE];
                Arrays.fill(body, (byte) thread);
                int crc = Crc32c.of(ByteBuffer.wrap(body));
                long entry = thread;
                running.add(pool.submit(() -> {
                    for (int i = 0; i < frames; i++) {
                        writer.writeData(entry, 0, crc, ByteBuffer.wrap(body));
                        writer.write(new Frame.End(entry, body.length, crc));
                    }
                    return true;
                }));
            }
            for (Future<?> future : running) {
                future.get();
            }
        }
        writer.flush();
        FrameReader reader = Conversation.reader(Side.SENDER, sink.bytes(), Pieces.WHOLE);
        int ends = 0;
        while (ends < threads * frames) {
            Frame frame = reader.next();
            if (frame instanceof Frame.Data) {
                reader.skipBody();
            } else {
                ends++;
            }
        }
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }

    @Test
    void showsEachFrameToTheTrace() throws Exception {
        List<String> seen = new ArrayList<>();
        FrameWriter traced = new FrameWriter(
                sink, FrameWriter.SMALL_BATCH, (direction, frame) -> seen.add(direction + " " + frame.describe()));
        traced.write(STORED);
        traced.writeData(0, 0, 0xe3069283, Conversation.body());
        traced.flush();
        traced.tryKeepAlive();
        traced.tryKeepAlive();
        traced.abort(TIMEOUT, Duration.ZERO);
        assertThat(seen)
                .containsExactly(
                        "SENT STORED 3",
                        "SENT DATA 0 offset 0 length 9 crc32c e3069283",
                        "SENT KEEPALIVE",
                        "SENT ABORT TIMEOUT: nothing arrived for 30 s");
    }

    private static byte[] dataFrame(long entry, byte[] body) throws IOException {
        ByteSink whole = new ByteSink(Pieces.WHOLE);
        FrameWriter one = new FrameWriter(whole, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        one.writeData(entry, 0, Crc32c.of(ByteBuffer.wrap(body)), ByteBuffer.wrap(body));
        one.flush();
        return whole.bytes();
    }

    /** A connection whose peer does not read until it is released. */
    private static final class StuckChannel implements WritableByteChannel {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public int write(ByteBuffer from) throws IOException {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
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
}
