package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.net.ConnectionLostException;
import ferry.wire.Frame;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.Token;
import ferry.wire.TransferId;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, and what those are told who are not. */
@Timeout(30)
class ReceiveHandshakeTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path out;

    private SessionHost host;

    @BeforeEach
    void open() throws Exception {
        host = SessionHost.into(out);
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private static byte[] prefaceAndHello() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(Channels.newChannel(bytes), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        writer.writePreface();
        writer.write(ScriptedFerrySender.hello(1, 1, LONG));
        writer.flush();
        return bytes.toByteArray();
    }

    /** The session must come to no transfer, and tell nobody of one. */
    private void assertNoTransfer(ScriptedFerrySender sender) throws Exception {
        assertThat(sender.status()).isEmpty();
        assertThat(host.events(TransferEvent.class)).isEmpty();
    }

    @Test
    void takesAHelloOneByteAtATime() throws Exception {
        try (ScriptedFerrySender sender = host.connect()) {
            for (byte b : prefaceAndHello()) {
                sender.raw(b);
            }
            assertThat(sender.hear(Frame.Welcome.class).credit()).isEqualTo(ReceiveSession.CREDIT);
            sender.eager(0, "a", "b").finish(1);
        }
    }

    @Test
    void endsAHelloThatTakesTooLong() throws Exception {
        host.patient(new ReceiveSession.Patience(Duration.ofMillis(300), Duration.ofSeconds(1), LONG));
        try (ScriptedFerrySender sender = host.connect()) {
            byte[] hello = prefaceAndHello();
            sender.raw(Arrays.copyOf(hello, hello.length - 1));
            assertThatThrownBy(sender::hearAny).isInstanceOf(ConnectionLostException.class);
            assertNoTransfer(sender);
        }
    }

    @Test
    void closesWithoutAWordAtTheFirstWrongByteOfThePreface() throws Exception {
        try (ScriptedFerrySender sender = host.connect()) {
            sender.raw(new byte[] {0, 'F', 'E', 'R', 'R', 'Y', '\n'});
            assertThatThrownBy(sender::hearAny).isInstanceOf(ConnectionLostException.class);
            assertNoTransfer(sender);
        }
    }

    @Test
    void refusesASenderThatIsTooNewOrTooOld() throws Exception {
        try (ScriptedFerrySender sender = host.connect()) {
            sender.preface().say(ScriptedFerrySender.hello(2, 9, LONG));
            sender.hearAbort(ErrorCode.TOO_NEW);
            assertNoTransfer(sender.leave());
        }
        try (ScriptedFerrySender sender = host.connect()) {
            sender.preface().say(ScriptedFerrySender.hello(0, 1, LONG));
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
            assertNoTransfer(sender.leave());
        }
    }

    @Test
    void takesASenderThatAlsoSpeaksNewerVersions() throws Exception {
        try (ScriptedFerrySender sender = host.connect()) {
            sender.preface().say(ScriptedFerrySender.hello(1, 255, LONG));
            assertThat(sender.hear(Frame.Welcome.class).version()).isEqualTo(1);
            sender.finish(0);
        }
    }

    @Test
    void refusesFurtherStreams() throws Exception {
        try (ScriptedFerrySender sender = host.connect()) {
            sender.preface().say(new Frame.Join(1, TransferId.random(), 1, Token.NONE));
            sender.hearAbort(ErrorCode.JOIN_REFUSED);
            assertNoTransfer(sender.leave());
        }
    }

    @Test
    void refusesAnythingButAHello() throws Exception {
        try (ScriptedFerrySender sender = host.connect()) {
            sender.preface().say(new Frame.Done(0));
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
            assertNoTransfer(sender.leave());
        }
    }

    @Test
    void forgetsWhoLeavesBeforeHello() throws Exception {
        for (String how : new String[] {"end", "reset", "end after the preface", "reset after the preface"}) {
            try (ScriptedFerrySender sender = host.connect()) {
                if (how.contains("preface")) {
                    sender.preface();
                }
                if (how.startsWith("end")) {
                    sender.leave();
                } else {
                    sender.reset();
                }
                assertThat(sender.status()).as(how).isEmpty();
            }
        }
        assertThat(host.events(TransferEvent.class)).isEmpty();
    }

    @Test
    void tellsWhoIsCutOffInsideHello() throws Exception {
        try (ScriptedFerrySender sender = host.connect()) {
            byte[] hello = prefaceAndHello();
            sender.raw(Arrays.copyOf(hello, hello.length / 2)).leave();
            sender.hearAbort(ErrorCode.TRUNCATED);
            assertNoTransfer(sender);
        }
    }

    @Test
    void refusesASecondHello() throws Exception {
        try (ScriptedFerrySender sender = host.welcome()) {
            sender.say(ScriptedFerrySender.hello(1, 1, LONG));
            sender.hearAbort(ErrorCode.PROTOCOL_VIOLATION);
            assertThat(sender.leave().status()).contains(ExitStatus.PROTOCOL);
        }
    }

    @Test
    void refusesASenderWhenThereIsNoPlaceToReceiveInto() throws Exception {
        try (SessionHost homeless = SessionHost.with(_ -> {
                    throw new TransferException(ErrorCode.NO_SPACE, "out", "full");
                });
                ScriptedFerrySender sender = homeless.connect().hello()) {
            sender.hearAbort(ErrorCode.NO_SPACE);
            assertThat(sender.leave().status()).isEmpty();
        }
    }
}
