package ferry.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.ChunkDigest;
import ferry.entry.Chunks;
import ferry.entry.Crc32c;
import ferry.entry.Entry;
import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.OwnerId;
import ferry.wire.Reason;
import ferry.wire.Side;
import ferry.wire.TransferId;
import ferry.wire.ZstdEncoder;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A sender that does what its test says, right or wrong. Whatever it says goes out at once. For one thread. */
final class ScriptedFerrySender implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int BODY = 1 << 20;

    private final Connection connection;
    private final FrameWriter writer;
    private final FrameReader reader;
    private final ReceiveSession session;
    private final CompletableFuture<Optional<ExitStatus>> end;

    ScriptedFerrySender(SocketChannel channel, ReceiveSession session, CompletableFuture<Optional<ExitStatus>> end)
            throws IOException {
        this.connection = Connection.over(channel);
        this.connection.silenceLimit(PATIENCE, "what the test expects");
        this.writer = new FrameWriter(connection, FrameWriter.LARGE_BATCH, FrameTrace.OFF);
        this.reader = new FrameReader(connection, Side.RECEIVER, FrameTrace.OFF);
        this.session = session;
        this.end = end;
    }

    ScriptedFerrySender hello() throws IOException {
        return hello(Duration.ofSeconds(30));
    }

    /** @param silenceLimit what this sender claims to bear */
    ScriptedFerrySender hello(Duration silenceLimit) throws IOException {
        writer.writePreface();
        return say(hello(1, 1, silenceLimit));
    }

    /** @param owner by whom the receiver knows its staging */
    ScriptedFerrySender hello(OwnerId owner) throws IOException {
        writer.writePreface();
        return say(new Frame.Hello(1, 1, 0, TransferId.random(), owner, Duration.ofSeconds(30), "scripted"));
    }

    /** A sender that can do this, too. */
    ScriptedFerrySender hello(long features) throws IOException {
        writer.writePreface();
        return say(
                new Frame.Hello(1, 1, features, TransferId.random(), OwnerId.NONE, Duration.ofSeconds(30), "scripted"));
    }

    /** A sender that wants what it sends to appear at once. */
    ScriptedFerrySender helloAtomic(OwnerId owner) throws IOException {
        writer.writePreface();
        return say(
                new Frame.Hello(1, 1, Features.ATOMIC, TransferId.random(), owner, Duration.ofSeconds(30), "scripted"));
    }

    static Frame.Hello hello(int minVersion, int maxVersion, Duration silenceLimit) {
        return new Frame.Hello(minVersion, maxVersion, 0, TransferId.random(), OwnerId.NONE, silenceLimit, "scripted");
    }

    ScriptedFerrySender preface() throws IOException {
        writer.writePreface();
        writer.flush();
        return this;
    }

    ScriptedFerrySender say(Frame... frames) throws IOException {
        for (Frame frame : frames) {
            if (frame instanceof Frame.Abort(Reason reason)) {
                writer.abort(reason, PATIENCE);
                return this;
            }
            writer.write(frame);
        }
        writer.flush();
        return this;
    }

    /** Any bytes. */
    ScriptedFerrySender raw(byte... bytes) throws IOException {
        connection.write(ByteBuffer.wrap(bytes));
        return this;
    }

    ScriptedFerrySender offer(long number, Entry entry) throws IOException {
        return say(Frame.Offer.of(number, entry));
    }

    /** Content in frames as large as may be. */
    ScriptedFerrySender data(long number, long offset, byte[] content) throws IOException {
        for (int from = 0; from < content.length; ) {
            long chunkEnd = Chunks.start(Chunks.of(offset + from) + 1);
            int length = (int) Math.min(Math.min(BODY, content.length - from), chunkEnd - offset - from);
            ByteBuffer body = ByteBuffer.wrap(content, from, length);
            writer.writeData(number, offset + from, Crc32c.of(body.slice()), body);
            from += length;
        }
        writer.flush();
        return this;
    }

    /** One frame with a checksum of the test's own. */
    ScriptedFerrySender data(long number, long offset, int crc, byte[] content) throws IOException {
        writer.writeData(number, offset, crc, ByteBuffer.wrap(content));
        writer.flush();
        return this;
    }

    /** One compressed frame. */
    ScriptedFerrySender zstd(long number, long offset, byte[] content) throws Exception {
        return zstd(number, offset, content.length, crc(content), encoded(content));
    }

    /** One compressed frame that says of its body what the test wants. */
    ScriptedFerrySender zstd(long number, long offset, int length, int crc, byte[] body) throws IOException {
        writer.writeZstd(number, offset, length, crc, ByteBuffer.wrap(body));
        writer.flush();
        return this;
    }

    static byte[] encoded(byte[] content) throws TransferException {
        ByteBuffer body = ByteBuffer.allocateDirect(content.length);
        try (ZstdEncoder encoder = ZstdEncoder.open()) {
            assertThat(encoder.encode(TestDisk.direct(content), body)).isTrue();
        }
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return bytes;
    }

    /** One frame from the beginning of a file, of whose body only so many bytes come. */
    ScriptedFerrySender cutData(long number, byte[] content, int coming) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        FrameWriter cut = new FrameWriter(Channels.newChannel(frame), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        cut.writeData(number, 0, crc(content), ByteBuffer.wrap(content));
        cut.flush();
        return raw(Arrays.copyOf(frame.toByteArray(), frame.size() - content.length + coming));
    }

    /** From now on a KEEPALIVE comes so often, until the receiver takes no more, whatever else is said. */
    void keepAlive(Duration pause) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    say(new Frame.KeepAlive());
                    Thread.sleep(pause);
                }
            } catch (IOException | InterruptedException e) {
                // The receiver, or the test, has had enough.
            }
        });
    }

    ScriptedFerrySender end(long number, byte[] whole) throws IOException {
        return say(new Frame.End(number, whole.length, crc(whole)));
    }

    /** A small file, all at once. */
    ScriptedFerrySender eager(long number, String path, String text) throws IOException {
        byte[] content = text.getBytes(UTF_8);
        return offer(number, TestDisk.file(path, content.length))
                .data(number, 0, content)
                .end(number, content);
    }

    ScriptedFerrySender prove(long number, long chunk, byte[] whole) throws IOException {
        int length = Chunks.length(chunk, whole.length);
        ByteBuffer bytes = ByteBuffer.wrap(whole, (int) Chunks.start(chunk), length);
        return say(new Frame.Proof(number, chunk, length, ChunkDigest.of(bytes)));
    }

    ScriptedFerrySender fail(long number, ErrorCode code) throws IOException {
        return say(new Frame.Failed(number, new Reason(code, "as the test wants it")));
    }

    ScriptedFerrySender abort(ErrorCode code) {
        writer.abort(new Reason(code, "as the test wants it"), PATIENCE);
        return this;
    }

    ScriptedFerrySender done(long entries) throws IOException {
        return say(new Frame.Done(entries));
    }

    /** Ends its half of the connection properly. */
    ScriptedFerrySender leave() throws IOException {
        connection.shutdownOutput();
        return this;
    }

    ScriptedFerrySender reset() {
        connection.abort();
        return this;
    }

    /** The next frame, which must be of this type; keep-alives are passed over. */
    <T extends Frame> T hear(Class<T> expected) throws Exception {
        Frame frame = hearAny();
        assertThat(frame).isInstanceOf(expected);
        return expected.cast(frame);
    }

    /** The receipt that comes next, perhaps after verdicts that came too late to matter. */
    Frame.Receipt hearReceipt() throws Exception {
        Frame frame = hearAny();
        while (frame instanceof Frame.Accept) {
            frame = hearAny();
        }
        assertThat(frame).isInstanceOf(Frame.Receipt.class);
        return (Frame.Receipt) frame;
    }

    /** The failure that comes next, as {@link #hearReceipt}. */
    Frame.Failed hearFailed(ErrorCode code) throws Exception {
        Frame frame = hearAny();
        while (frame instanceof Frame.Accept) {
            frame = hearAny();
        }
        assertThat(frame).isInstanceOf(Frame.Failed.class);
        assertThat(((Frame.Failed) frame).reason().code()).isEqualTo(code);
        return (Frame.Failed) frame;
    }

    /** The next frame that is not a keep-alive. */
    Frame hearAny() throws Exception {
        Frame frame = reader.next();
        while (frame instanceof Frame.KeepAlive) {
            frame = reader.next();
        }
        return frame;
    }

    /** The very next frame. */
    Frame hearEvenKeepAlive() throws Exception {
        return reader.next();
    }

    /** Reads on until the receiver aborts, for this reason, and closes. */
    Reason hearAbort(ErrorCode code) throws Exception {
        Frame frame = hearAny();
        while (!(frame instanceof Frame.Abort)) {
            frame = hearAny();
        }
        Reason reason = ((Frame.Abort) frame).reason();
        assertThat(reason.code()).as(reason.text()).isEqualTo(code);
        hearEnd();
        return reason;
    }

    void hearEnd() {
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }

    /** DONE and a proper farewell; the transfer must have gone well. */
    Frame.Finished finish(long entries) throws Exception {
        return done(entries).hearFinished(ExitStatus.DONE);
    }

    /** Reads on until FINISHED, and takes leave. */
    Frame.Finished hearFinished(ExitStatus expected) throws Exception {
        Frame frame = hearAny();
        while (!(frame instanceof Frame.Finished)) {
            frame = hearAny();
        }
        leave();
        assertThat(status()).contains(expected);
        return (Frame.Finished) frame;
    }

    /** What became of the session, once it has ended. */
    Optional<ExitStatus> status() throws Exception {
        return end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    ReceiveSession session() {
        return session;
    }

    static int crc(byte[] content) {
        return Crc32c.of(ByteBuffer.wrap(content));
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
