package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers that do not take what is not encrypted, or what is, and what those read who come so. */
final class RefusedIT {
    private static final Path PEERS =
            Path.of("src", "test", "resources", "peers").toAbsolutePath();

    @RegisterExtension
    private final Bench bench = new Bench();

    private Path file = Path.of("");

    @BeforeEach
    void file() {
        file = bench.file("report.pdf", 1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-plain", "--code", "--code-file", "--allow", "--tls-ca"})
    void whatIsNotEncryptedIsRefusedWhereAnythingIsDemanded(String demand) {
        RunningReceive receive = bench.receive(demanding(demand));

        Result plain = bench.send("--plain", file, receive.endpoint());
        Result classic = bench.send("--classic", file, receive.endpoint());
        Result student = Command.of("python3", PEERS.resolve("send.py"), file, "127.0.0.1", receive.port())
                .run();
        Result nc = Command.of("/bin/sh", "-c", "(echo report.pdf; cat report.pdf) | nc -N 127.0.0.1 " + receive.port())
                .in(bench.path(""))
                .run();

        assertThat(plain.expect(5).errors()).contains("send: error: ", "encrypted", "hint: ");
        assertThat(classic.expect(8).errors()).contains("send: error: ", "encrypted");
        assertThat(student.expect(1).errors()).startsWith("error: ").contains("encrypted");
        assertThat(nc.output()).startsWith("error: ").endsWith("\n").contains("encrypted");
        assertThat(receive.stop().events("notice"))
                .filteredOn(notice -> notice.text("text").endsWith("refused: it is not encrypted"))
                .hasSize(4);
        assertThat(receive.received()).isEmpty();
    }

    @Test
    void plainAndClassicAreTakenWhereNothingIsDemanded() {
        RunningReceive receive = bench.receive();

        bench.send("--plain", file, receive.endpoint()).expect(0);
        bench.send("--classic", file, receive.endpoint()).expect(0);

        assertThat(receive.stop().expect(0).events("started"))
                .extracting(event -> event.fields().get("encryption"))
                .containsOnlyNulls()
                .hasSize(2);
    }

    @Test
    void aReceiverThatTakesOnlyPlainSaysSo() {
        RunningReceive receive = bench.receive("--plain-only");

        Result encrypted = bench.send(file, receive.endpoint());
        bench.send("--plain", bench.file("plain", 10), receive.endpoint()).expect(0);
        bench.send("--classic", bench.file("classic", 10), receive.endpoint()).expect(0);

        assertThat(encrypted.expect(5).errors()).contains("takes no encrypted connections", "hint: send --plain");
        receive.stop().expect(0);
        assertThat(receive.received()).containsExactlyInAnyOrder("plain", "classic");
    }

    @Test
    void plainIsWarnedOfWhereItLeavesThisMachineEvenIfQuiet() {
        Network network = bench.keep(Network.open());
        Path out = bench.path("out");
        RunningReceive receive =
                bench.receive(network.with(bench.receiving(out).and("--listen", "198.51.100.7:0")), out);
        RunningReceive local = bench.receiveInto(bench.path("local"));

        Result away = network.with(bench.sending("--plain", "--quiet", file, receive.endpoint()))
                .run();
        Result here = bench.send("--plain", file, local.endpoint());

        assertThat(away.expect(0).errors()).startsWith("send: warning: not encrypted: whoever is between here and ");
        assertThat(here.expect(0).errors()).doesNotContain("warning");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--code", "--allow", "--tls-ca"})
    void aReceiverThatDemandsSomethingCannotTakeOnlyPlain(String demand) {
        Result refused = bench.receiving(bench.path("out"))
                .and("--listen", "127.0.0.1:0", "--plain-only")
                .and(demanding(demand))
                .run();

        assertThat(refused.expect(2).errors()).contains("--plain-only");
    }

    private Object[] demanding(String demand) {
        return switch (demand) {
            case "--code-file" ->
                new Object[] {demand, bench.secret("code", "10-supply-nephew-deacon-line-recite-dentist")};
            case "--allow" ->
                new Object[] {demand, bench.file("senders", bench.sender().fingerprint() + "\n")};
            case "--tls-ca" ->
                new Object[] {demand, Authority.in(bench.directory("authority")).certificate()};
            default -> new Object[] {demand};
        };
    }
}
