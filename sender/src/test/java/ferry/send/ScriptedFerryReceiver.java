package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.entry.Durability;
import ferry.entry.EntryKind;
import ferry.entry.Outcome;
import ferry.error.ErrorCode;
import ferry.net.Connection;
import ferry.net.Security;
import ferry.trust.JoinKey;
import ferry.wire.Encoding;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.Reason;
import ferry.wire.Side;
import ferry.wire.Token;
import ferry.wire.ZstdDecoder;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** A receiver of the Ferry protocol that does what its test says, right or wrong. Whatever it says goes out at once. */
final class ScriptedFerryReceiver implements AutoCloseable {
    static final int CREDIT = 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Connection connection;
    private final FrameReader reader;
    private final FrameWriter writer;

    ScriptedFerryReceiver(Connection connection) {
        this.connection = connection;
        this.connection.silenceLimit(PATIENCE, "what the test expects");
        this.reader = new FrameReader(connection, Side.SENDER, FrameTrace.OFF);
        this.reader.takeZstd();
        this.writer = new FrameWriter(connection, FrameWriter.SMALL_BATCH, FrameTrace.OFF);
    }

    static Frame.Welcome welcome(int credit, long features, Duration silenceLimit) {
        return welcome(credit, 1 << 20, features, silenceLimit);
    }

    static Frame.Welcome welcome(int credit, int creditBytes, long features, Duration silenceLimit) {
        return new Frame.Welcome(
                1,
                features,
                credit,
                creditBytes,
                silenceLimit,
                Frame.UNLIMITED,
                Frame.UNLIMITED,
                Frame.UNLIMITED,
                Token.NONE,
                "scripted");
    }

    /** Reads the preface and HELLO. */
    Frame.Hello greeted() throws Exception {
        reader.readPreface();
        return hear(Frame.Hello.class);
    }

    /** Reads the preface and HELLO, and answers them. */
    ScriptedFerryReceiver welcoming() throws Exception {
        greeted();
        return say(welcome(CREDIT, 0, Duration.ofSeconds(30)));
    }

    /** Reads the preface and HELLO, and answers that there may be further streams. */
    ScriptedFerryReceiver welcomingStreams() throws Exception {
        return welcomingStreams(Duration.ofSeconds(30));
    }

    /** @param silence after how long it says that it gives a stream up */
    ScriptedFerryReceiver welcomingStreams(Duration silence) throws Exception {
        assertThat(greeted().features()).isEqualTo(Features.STREAMS);
        return say(welcome(CREDIT, Features.STREAMS, silence));
    }

    /** Reads how a further stream asks to join, and lets it in. */
    ScriptedFerryReceiver joined() throws Exception {
        reader.readPreface();
        Frame.Join join = hear(Frame.Join.class);
        Token nonce = Token.random();
        say(new Frame.Challenge(nonce));
        // The secret is that of welcome().
        assertThat(hear(Frame.JoinProof.class).proof())
                .isEqualTo(new JoinKey(Token.NONE, join.transfer()).proof(join.stream(), nonce));
        return say(new Frame.Joined());
    }

    /** Sees that a connection is closed over which nothing was said. */
    void leftUnused() {
        assertThatThrownBy(reader::readPreface).isInstanceOf(EOFException.class);
    }

    /** Refuses a further stream. */
    void refuse() throws Exception {
        reader.readPreface();
        hear(Frame.Join.class);
        writer.abort(new Reason(ErrorCode.JOIN_REFUSED, "as the test wants it"), PATIENCE);
        connection.shutdownOutput();
        assertThatThrownBy(this::hearAny).isInstanceOf(IOException.class);
    }

    ScriptedFerryReceiver say(Frame... frames) throws IOException {
        for (Frame frame : frames) {
            writer.write(frame);
        }
        writer.flush();
        return this;
    }

    ScriptedFerryReceiver raw(byte... bytes) throws IOException {
        connection.write(ByteBuffer.wrap(bytes));
        return this;
    }

    /** From now on a KEEPALIVE comes so often, until the sender takes no more, whatever else is said. */
    void keepAlive(Duration pause) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    say(new Frame.KeepAlive());
                    Thread.sleep(pause);
                }
            } catch (IOException | InterruptedException e) {
                // The sender, or the test, has had enough.
            }
        });
    }

    /** The next frame, which must be DATA, and its content, decoded. */
    Content hearContent() throws Exception {
        return content((Frame.Data) nextButKeepAlive());
    }

    /** What a DATA frame brought. */
    record Content(Frame.Data data, ByteBuffer bytes) {}

    private Content content(Frame.Data data) throws Exception {
        ByteBuffer body = ByteBuffer.allocateDirect(data.bodyLength());
        while (reader.bodyRemaining() > 0) {
            reader.readBody(body);
        }
        body.flip();
        if (data.encoding() == Encoding.PLAIN) {
            return new Content(data, body);
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(data.length());
        try (ZstdDecoder decoder = ZstdDecoder.open()) {
            decoder.decode(data, List.of(body), List.of(bytes));
        }
        return new Content(data, bytes);
    }

    /** The next frame but keep-alives; what follows a DATA is passed over. */
    Frame hearAny() throws Exception {
        Frame frame = nextButKeepAlive();
        if (frame instanceof Frame.Data) {
            reader.skipBody();
        }
        return frame;
    }

    private Frame nextButKeepAlive() throws Exception {
        Frame frame = reader.next();
        while (frame instanceof Frame.KeepAlive) {
            frame = reader.next();
        }
        return frame;
    }

    Frame hearEvenKeepAlive() throws Exception {
        return reader.next();
    }

    <T extends Frame> T hear(Class<T> expected) throws Exception {
        Frame frame = hearAny();
        assertThat(frame).isInstanceOf(expected);
        return expected.cast(frame);
    }

    /** Reads on until a frame of this type, whatever comes before. */
    <T extends Frame> T await(Class<T> expected) throws Exception {
        Frame frame = hearAny();
        while (!expected.isInstance(frame)) {
            frame = hearAny();
        }
        return expected.cast(frame);
    }

    /** Reads on until ABORT, for this reason, and the end. */
    Reason awaitAbort(ErrorCode code) throws Exception {
        Reason reason = await(Frame.Abort.class).reason();
        assertThat(reason.code()).as(reason.text()).isEqualTo(code);
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
        return reason;
    }

    /** The final answer of success for a file that was sent. */
    static Frame.Receipt receipt(Frame.End end) {
        return receipt(end.entry(), end.size(), end.crc());
    }

    static Frame.Receipt receipt(long entry, long size, int crc) {
        return new Frame.Receipt(
                entry, EntryKind.FILE, Outcome.PLACED, Durability.DURABLE, size, crc, "placed-" + entry);
    }

    static Frame.Receipt receiptOfDirectory(long entry) {
        return new Frame.Receipt(
                entry, EntryKind.DIRECTORY, Outcome.PLACED, Durability.DURABLE, 0, 0, "placed-" + entry);
    }

    static Frame.Receipt receiptOfLink(long entry) {
        return new Frame.Receipt(entry, EntryKind.LINK, Outcome.PLACED, Durability.DURABLE, 0, 0, "placed-" + entry);
    }

    ScriptedFerryReceiver abort(ErrorCode code) throws IOException {
        writer.abort(new Reason(code, "as the test wants it"), PATIENCE);
        connection.shutdownOutput();
        return this;
    }

    ScriptedFerryReceiver fail(long entry, ErrorCode code) throws IOException {
        return say(new Frame.Failed(entry, new Reason(code, "as the test wants it")));
    }

    /** The sender says nothing at all, not even a preface, and leaves. */
    void expectNothing() {
        assertThatThrownBy(reader::readPreface).isInstanceOf(EOFException.class);
    }

    /** How this connection is protected. */
    Security security() {
        return connection.security();
    }

    ScriptedFerryReceiver leave() throws IOException {
        connection.shutdownOutput();
        return this;
    }

    void reset() {
        connection.abort();
    }

    /** Reads on until the sender has closed. */
    void awaitEnd() throws Exception {
        try {
            while (true) {
                hearAny();
            }
        } catch (IOException e) {
            // It has left, politely or not.
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
