package ferry.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.Endpoint;
import ferry.net.Security;
import ferry.net.Tls;
import ferry.net.TlsProvider;
import ferry.net.TlsTrust;
import ferry.trust.CodeKey;
import ferry.trust.Identity;
import ferry.trust.JoinKey;
import ferry.wire.Features;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.OwnerId;
import ferry.wire.Reason;
import ferry.wire.Side;
import ferry.wire.Token;
import ferry.wire.TransferId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** The sender's end of a connection by TLS, or of a plain one, that says what its test wants. For one thread. */
final class EncryptedSender implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Connection connection;
    private final FrameWriter writer;
    private final FrameReader reader;

    private EncryptedSender(Connection connection) {
        this.connection = connection;
        connection.silenceLimit(PATIENCE, "what the test expects");
        this.writer = new FrameWriter(connection, FrameWriter.LARGE_BATCH, FrameTrace.OFF);
        this.reader = new FrameReader(connection, Side.RECEIVER, FrameTrace.OFF);
    }

    static EncryptedSender to(int port, Identity identity) throws Exception {
        Tls tls = Tls.of(TlsProvider.JDK, identity, new TlsTrust.AnyKey());
        return new EncryptedSender(tls.connect(raw(port), new Endpoint.Tcp("127.0.0.1", port), PATIENCE));
    }

    /** Over TLS or not. */
    static EncryptedSender to(int port, Optional<Identity> identity) throws Exception {
        return identity.isPresent() ? to(port, identity.get()) : inPlain(port);
    }

    static EncryptedSender inPlain(int port) throws IOException {
        return new EncryptedSender(raw(port));
    }

    private static Connection raw(int port) throws IOException {
        return Connection.over(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    EncryptedSender hello(long features) throws IOException {
        return hello(features, TransferId.random(), OwnerId.NONE);
    }

    /** One connection of a transfer, of which there may be others. */
    EncryptedSender hello(long features, TransferId transfer, OwnerId owner) throws IOException {
        writer.writePreface();
        return say(new Frame.Hello(1, 1, features, transfer, owner, PATIENCE, "test"));
    }

    EncryptedSender preface() throws IOException {
        writer.writePreface();
        writer.flush();
        return this;
    }

    EncryptedSender say(Frame frame) throws IOException {
        writer.write(frame);
        writer.flush();
        return this;
    }

    /** These very bytes, whatever they mean. */
    EncryptedSender bytes(int... values) throws IOException {
        ByteBuffer raw = ByteBuffer.allocate(values.length);
        for (int value : values) {
            raw.put((byte) value);
        }
        connection.write(raw.flip());
        return this;
    }

    /** So many bytes of content. */
    EncryptedSender data(long number, long offset, int length) throws IOException {
        byte[] content = new byte[length];
        writer.writeData(number, offset, ScriptedFerrySender.crc(content), ByteBuffer.wrap(content));
        writer.flush();
        return this;
    }

    /** The beginning of a frame of {@code length} bytes of content, each of them 0x55. */
    EncryptedSender brokenData(long number, long offset, int length, int sent) throws IOException {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) 0x55);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        FrameWriter single = new FrameWriter(Channels.newChannel(whole), FrameWriter.LARGE_BATCH, FrameTrace.OFF);
        single.writeData(number, offset, ScriptedFerrySender.crc(content), ByteBuffer.wrap(content));
        single.flush();
        connection.write(ByteBuffer.wrap(whole.toByteArray(), 0, whole.size() - length + sent));
        return this;
    }

    /** Asks to be a further stream, and proves it. */
    EncryptedSender join(JoinKey key, int stream) throws Exception {
        preface();
        if (connection.security() instanceof Security.Tls channel) {
            Token proof = key.proof(stream, channel.binding().joinExporter());
            return say(new Frame.Join(1, key.transfer(), stream, proof));
        }
        say(new Frame.Join(1, key.transfer(), stream, Token.NONE));
        return say(new Frame.JoinProof(
                key.proof(stream, hear(Frame.Challenge.class).nonce())));
    }

    /** Is a further stream. */
    EncryptedSender joined(JoinKey key, int stream) throws Exception {
        join(key, stream).hear(Frame.Joined.class);
        return this;
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

    /** HELLO and the proof of a code. */
    EncryptedSender prove(CodeKey key) throws IOException {
        return hello(Features.CODE)
                .say(new Frame.CodeProof(key.proof(Side.SENDER, channel().binding())));
    }

    /** Hears that the receiver knows the code too, and lets this sender in. */
    EncryptedSender hearProofAndWelcome(CodeKey key) throws Exception {
        Frame.CodeProof proof = hear(Frame.CodeProof.class);
        assertThat(key.verify(Side.RECEIVER, channel().binding(), proof.proof()))
                .isTrue();
        assertThat(hear(Frame.Welcome.class).features()).isEqualTo(Features.CODE);
        return this;
    }

    /** A small file, all at once. */
    EncryptedSender file(long number, String path, String text) throws IOException {
        byte[] content = text.getBytes(UTF_8);
        say(Frame.Offer.of(number, TestDisk.file(path, content.length)));
        writer.writeData(number, 0, ScriptedFerrySender.crc(content), ByteBuffer.wrap(content));
        return say(new Frame.End(number, content.length, ScriptedFerrySender.crc(content)));
    }

    /** Says that it has offered so many entries, and leaves when the receiver has finished. */
    Frame.Finished finish(long entries) throws Exception {
        say(new Frame.Done(entries));
        Frame.Finished finished = hear(Frame.Finished.class);
        connection.shutdownOutput();
        return finished;
    }

    /** The next frame of this type, past others that a receiver says when all is well. */
    <T extends Frame> T hear(Class<T> expected) throws Exception {
        Frame frame = reader.next();
        while (!expected.isInstance(frame)) {
            assertThat(frame)
                    .isInstanceOfAny(
                            Frame.KeepAlive.class,
                            Frame.Welcome.class,
                            Frame.Verdict.class,
                            Frame.Receipt.class,
                            Frame.Stored.class);
            frame = reader.next();
        }
        return expected.cast(frame);
    }

    /** The text of the refusal, which must come next. */
    String hearAbort(ErrorCode code) throws Exception {
        Reason reason = hear(Frame.Abort.class).reason();
        assertThat(reason.code()).as(reason.text()).isEqualTo(code);
        return reason.text();
    }

    Security.Tls channel() {
        return (Security.Tls) connection.security();
    }

    /** Says that it was stopped. */
    void abort(ErrorCode code) {
        writer.abort(new Reason(code, "as the test wants it"), PATIENCE);
    }

    /** Reads up to the end of the connection, proper or not. */
    void awaitEnd() throws TransferException {
        try {
            while (true) {
                reader.next();
            }
        } catch (IOException e) {
            // The end.
        }
    }

    /** Sends nothing more, as a further stream does that is not needed any more. */
    void leave() throws IOException {
        connection.shutdownOutput();
    }

    /** Breaks off in the middle. */
    void reset() {
        connection.abort();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
