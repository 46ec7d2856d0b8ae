package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever sits between the programs, and takes encryption away, or puts a key of his own in: he gets nothing. */
final class DowngradeIT {
    private static final String NAME = "name-of-the-secret";
    private static final String CONTENT = "content-of-the-secret ";

    @RegisterExtension
    private final Bench bench = new Bench();

    @ParameterizedTest
    @CsvSource({
        "ok, 6",
        "'error: speak plain', 6",
        "'HTTP/1.1 400 Bad Request', 6",
        "'\u0015\u0003\u0003\u0000\u0002\u0002F', 6", // the alert protocol_version
        "'\u0015\u0003\u0003\u0000\u0002\u0002(', 6", // the alert handshake_failure
        "'\u0002\u0000\u0000\u0010\u0000\u0000\u0000\u0000', 6", // the beginning of a plain WELCOME
        "'', 4",
    })
    void whateverAnswersToItsHelloSendSpeaksNothingButTls(String answer, int status) {
        ScriptedPeer peer = bench.keep(answer.isEmpty() ? ScriptedPeer.closing() : ScriptedPeer.answering(answer));

        Result sent = bench.send("--timeout", "5s", secret(), peer.endpoint());

        assertThat(peer.heard()).startsWith("\u0016\u0003").doesNotContain("FERRY", "secret", NAME);
        sent.expect(status);
        assertThat(sent.errors()).contains("send: error: " + peer.endpoint() + ": ");
    }

    @Test
    void aPlainSenderWouldHaveShownEverything() {
        RunningReceive receive = bench.receive();
        ScriptedPeer relay = bench.keep(ScriptedPeer.relaying(receive.port()));

        bench.send("--plain", secret(), relay.endpoint()).expect(0);

        assertThat(relay.heard()).contains("FERRY", NAME, CONTENT);
    }

    @Test
    void throughARelayOfBytesAllIsAsWithoutIt() {
        RunningReceive receive = bench.receive("--code");
        Path code = bench.secret("code", receive.listening().text("code"));
        Socat relay = bench.keep(Socat.relay(receive.port()));

        bench.send("--pin", bench.receiver().fingerprint(), "--code-file", code, secret(), relay.endpoint())
                .expect(0);

        receive.process().awaitEnd().expect(0);
    }

    @Test
    void whoIsInTheMiddleAtAnUnguardedFirstUseGetsEverything() {
        RunningReceive receive = bench.receive();
        Socat middle = inTheMiddle(receive);

        bench.send(secret(), middle.endpoint()).expect(0);

        assertThat(receive.folder().resolve(NAME)).exists();
    }

    @Test
    void whoIsInTheMiddleGetsNothingWhereACodeIsUsed() {
        RunningReceive receive = bench.receive("--code");
        Path code = bench.secret("code", receive.listening().text("code"));

        Result sent =
                bench.send("--code-file", code, secret(), inTheMiddle(receive).endpoint());

        assertThat(sent.expect(5).errors()).contains("code");
        requireNothingIn(receive);
        bench.send("--code-file", code, secret(), receive.endpoint()).expect(0);
    }

    @Test
    void whoIsInTheMiddleGetsNothingWhereTheKeyIsPinned() {
        RunningReceive receive = bench.receive();
        Socat middle = inTheMiddle(receive);

        bench.send("--pin", bench.receiver().fingerprint(), secret(), middle.endpoint())
                .expect(5);

        requireNothingIn(receive);
    }

    @Test
    void whoIsInTheMiddleGetsNothingWhereTheKeyIsKnown() throws Exception {
        RunningReceive receive = bench.receive();
        Socat middle = inTheMiddle(receive);
        Files.writeString(
                bench.sender().knownReceivers(),
                middle.endpoint() + " " + bench.receiver().fingerprint() + "\n");

        Result sent = bench.send(secret(), middle.endpoint()).expect(5);

        assertThat(sent.errors()).contains(bench.receiver().fingerprint());
        requireNothingIn(receive);
    }

    @Test
    void whoIsInTheMiddleIsNotTakenForAListedSender() {
        RunningReceive receive =
                bench.receive("--allow", bench.file("senders", bench.sender().fingerprint() + "\n"));

        bench.send(secret(), inTheMiddle(receive).endpoint()).expect(5);

        requireNothingIn(receive);
    }

    private static void requireNothingIn(RunningReceive receive) {
        assertThat(receive.received()).isEmpty();
        assertThat(receive.process().soFar().events("started")).isEmpty();
    }

    private Socat inTheMiddle(RunningReceive receive) {
        Path own = Authority.selfSigned(bench.directory("middle")).inOneFile();
        return bench.keep(Socat.inTheMiddle(receive.port(), own, bench.sender().identity()));
    }

    private Path secret() {
        return bench.file(NAME, CONTENT.repeat(1000));
    }
}
