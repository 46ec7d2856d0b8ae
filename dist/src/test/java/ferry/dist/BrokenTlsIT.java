package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks within TLS: no file appears that is not whole, and the sender knows it. */
final class BrokenTlsIT {
    private static final int SIZE = 1_000_000;

    @RegisterExtension
    private final Bench bench = new Bench();

    @ParameterizedTest
    @CsvSource({"conscrypt, conscrypt", "conscrypt, jdk", "jdk, conscrypt", "jdk, jdk"})
    void aByteThatIsChangedOnTheWayEndsTheTransfer(String sending, String receiving) {
        RunningReceive receive = bench.receive("--tls-provider", receiving);
        ScriptedPeer relay = bench.keep(ScriptedPeer.corrupting(receive.port(), SIZE / 2));

        Result sent = bench.send(
                "--retries", "0", "--json", "--tls-provider", sending, bench.file("file", SIZE), relay.endpoint());

        assertThat(sent.status()).as(sent.toString()).isIn(4, 7);
        assertThat(sent.events("entry")).isEmpty();
        assertThat(receive.awaitFinished().number("status")).isEqualTo(7);
        requireNothingIn(receive);
    }

    @ParameterizedTest
    @ValueSource(longs = {3_000, SIZE / 2, SIZE})
    void aStreamThatIsCutIsNeverTakenForItsEnd(long length) {
        RunningReceive receive = bench.receive();
        ScriptedPeer relay = bench.keep(ScriptedPeer.cutting(receive.port(), length));

        Result sent = bench.sending("--retries", "0", "--json", "-", relay.endpoint())
                .from(bench.file("file", SIZE))
                .run();

        assertThat(sent.expect(4).events("entry")).isEmpty();
        requireNothingIn(receive);
    }

    @ParameterizedTest
    @ValueSource(strings = {"conscrypt", "jdk"})
    void aReceiverThatIsKilledLeavesNoFile(String provider) {
        Path file = bench.file("file", 4_000_000);
        RunningReceive receive = bench.receive("--tls-provider", provider);
        RunningProcess send =
                bench.start(bench.sending("--retries", "0", "--limit", "500kB/s", file, receive.endpoint())
                        .and("--tls-provider", provider));
        receive.awaitEvents("started", 1);

        receive.process().signal("KILL");

        send.awaitEnd().expect(4);
        assertThat(receive.folder().resolve("file")).doesNotExist();
        RunningReceive next = bench.receive();
        bench.send(file, next.endpoint()).expect(0);
        requireOnly(file, next);
    }

    @Test
    void aSenderThatIsKilledLeavesNoFile() {
        Path file = bench.file("file", 4_000_000);
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--limit", "500kB/s", file, receive.endpoint()));
        receive.awaitEvents("started", 1);

        send.signal("KILL");
        send.awaitEnd();

        assertThat(receive.awaitFinished().number("status")).isEqualTo(4);
        requireNothingIn(receive);
    }

    private static void requireOnly(Path file, RunningReceive receive) {
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("file");
        assertThat(receive.folder().resolve("file")).hasSameBinaryContentAs(file);
    }

    private static void requireNothingIn(RunningReceive receive) {
        receive.stop().expect(0);
        assertThat(receive.folder()).isEmptyDirectory();
    }
}
