package ferry.receive;

import static ferry.receive.RawFrames.framesUntil;
import static ferry.receive.RawFrames.hello;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.entry.Crc32c;
import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ExitStatus;
import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import ferry.receive.ReceiveRequest.Destination;
import ferry.receive.ReceiveRequest.Lifetime;
import ferry.wire.Frame;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A receiver that writes one file to standard output. */
class ReceiverStdoutTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void writesOneFileAndNothingElseToStandardOutput() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (RunningReceiver receiver = RunningReceiver.onto(output)) {
            try (ScriptedSender sender = receiver.connect()) {
                sender.send("a.txt\ncontent").end();
                assertThat(sender.readAll()).isEqualTo("ok");
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(output).hasToString("content");
    }

    @Test
    void givesAReceiptWithoutAPathForWhatItWroteToStandardOutput() throws Exception {
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        int crc = Crc32c.of(ByteBuffer.wrap(content));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (RunningReceiver receiver = RunningReceiver.onto(output)) {
            try (ScriptedSender sender = receiver.connect()) {
                FrameWriter writer =
                        new FrameWriter(Channels.newChannel(sender.out()), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
                writer.writePreface();
                writer.write(hello());
                writer.write(Frame.Offer.of(0, TestDisk.file("a.txt", content.length)));
                writer.writeData(0, 0, crc, ByteBuffer.wrap(content));
                writer.write(new Frame.End(0, content.length, crc));
                writer.write(new Frame.Done(1));
                writer.flush();
                assertThat(framesUntil(Frame.Finished.class, sender.in()))
                        .contains(new Frame.Receipt(
                                0, EntryKind.FILE, Outcome.PLACED, Durability.STREAMED, content.length, crc, ""));
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(output).hasToString("content");
    }

    @Test
    void endsWithAnErrorIfNobodyReadsStandardOutput() throws Exception {
        ReceiveRequest request = RunningReceiver.requestTo(new Destination.StandardOutput(), Lifetime.ONE_TRANSFER);
        try (RunningReceiver receiver = RunningReceiver.start(request, new BrokenPipe());
                ScriptedSender sender = receiver.connect()) {
            sender.send("a.txt\n").expect("ok");
            assertThat(sender.sendUntilAnswered())
                    .isEqualTo("error: a.txt: the receiver's standard output cannot be written: Broken pipe\n");
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.REFUSED);
        }
    }

    @Test
    @Timeout(40)
    void endsAfterTheGraceTimeThoughNobodyReadsStandardOutput() throws Exception {
        ReceiveRequest request = new ReceiveRequest(
                new Destination.StandardOutput(),
                List.of(new Endpoint.Tcp("127.0.0.1", 0)),
                Lifetime.ONE_TRANSFER,
                AcceptOptions.DEFAULT,
                OptionalLong.empty(),
                LONG,
                Duration.ofMillis(100));
        StuckPipe stuck = new StuckPipe();
        try (RunningReceiver receiver = RunningReceiver.start(request, stuck);
                ScriptedSender sender = receiver.connect()) {
            sender.send("a.txt\n").expect("ok").send("content");
            stuck.entered.await();
            receiver.stop(ExitStatus.TERMINATED);
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.TERMINATED);
        } finally {
            stuck.release.countDown();
        }
    }

    /** Whoever read from it has gone. */
    private static final class BrokenPipe implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            throw new IOException("Broken pipe");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** Whoever could read from it does not. */
    private static final class StuckPipe implements WritableByteChannel {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            entered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("Broken pipe");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
