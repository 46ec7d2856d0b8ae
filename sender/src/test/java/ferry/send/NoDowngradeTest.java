package ferry.send;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sender that was not told to speak plain never does, whatever it is answered: all that a peer without TLS gets to see is a
 * ClientHello.
 */
@Timeout(60)
class NoDowngradeTest {
    private static final String NAME = "name-that-nobody-may-read";
    private static final String CONTENT = "content that nobody may read";

    @TempDir
    private Path dir;

    private final Events events = new Events();
    private final AtomicInteger begun = new AtomicInteger();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    /** What a peer that speaks no TLS, or pretends to, answers to a ClientHello. */
    enum Answer {
        NOTHING(""),
        OK("6f6b"),
        AN_ERROR_LINE("6572726f723a20706c61696e206f6e6c790a"),
        A_WEB_PAGE("485454502f312e31203430300d0a0d0a"),
        A_KEEP_ALIVE_OF_FERRY("1d00000000000000e0b1cf0b"),
        THE_PREFACE_OF_FERRY("0046455252590d0a"),
        ALERT_HANDSHAKE_FAILURE("15030300020228"),
        ALERT_PROTOCOL_VERSION("15030300020246"),
        ALERT_CLOSE_NOTIFY("15030300020100"),
        A_RECORD_OF_NOTHING_SENSIBLE("16030300040badcafe"),
        HALF_A_RECORD("1603030200");

        private final String hex;

        Answer(String hex) {
            this.hex = hex;
        }

        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }

    /** How the peer goes on after it has answered. */
    enum End {
        CLOSE,
        RESET,
        READ_ON
    }

    @ParameterizedTest
    @EnumSource
    void tellsNothingToAPeerWithoutTls(Answer answer) throws Exception {
        for (End end : End.values()) {
            refusesToSpeak(sender -> {
                begun.incrementAndGet();
                byte[] first = sender.getInputStream().readNBytes(5);
                sender.getOutputStream().write(answer.bytes());
                end(sender, end, first);
            });
        }
    }

    private void end(Socket sender, End end, byte[] first) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(first);
        switch (end) {
            case CLOSE -> sender.shutdownOutput();
            case RESET -> ScriptedReceiver.reset(sender);
            case READ_ON -> {}
        }
        if (end != End.RESET) {
            readOn(sender.getInputStream(), all);
        }
        heard.add(all.toString(ISO_8859_1));
    }

    private static void readOn(InputStream in, ByteArrayOutputStream all) {
        try {
            in.transferTo(all);
        } catch (IOException e) {
            // The sender has gone.
        }
    }

    private void refusesToSpeak(ScriptedReceiver.Script script) throws Exception {
        Path file = Files.writeString(dir.resolve(NAME), CONTENT);
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(script, script, script)) {
            SendRequest request = Requests.trying(
                    Requests.encrypted(receiver.endpoint(), Duration.ofMillis(700), file), Duration.ofMillis(200));
            Sender sender = new Sender(
                    request,
                    Map.of("XDG_CONFIG_HOME", dir.resolve("config").toString()),
                    Optional.empty(),
                    SendSession::over,
                    events);
            assertThat(status(sender)).isNotEqualTo(ExitStatus.DONE);
        }
        assertThat(events.of(TransferEvent.Completed.class)).isEmpty();
        assertThat(events.of(TransferEvent.Started.class)).isEmpty();
        await().untilAsserted(() -> assertThat(heard).isNotEmpty().hasSize(begun.get()));
        assertThat(heard)
                .allSatisfy(bytes -> assertThat(bytes)
                        .startsWith("\u0016\u0003")
                        .doesNotContain(NAME)
                        .doesNotContain(CONTENT)
                        .doesNotContain("FERRY"));
    }

    private static ExitStatus status(Sender sender) {
        try {
            return sender.run();
        } catch (TransferException e) {
            return e.code().exitStatus();
        }
    }
}
