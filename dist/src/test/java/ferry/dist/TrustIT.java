package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a sender knows the receiver by its key: at the first use, at the next one, and when the key has changed. */
final class TrustIT {
    /** Addresses that are not of the machine that sends. */
    private static final String HARBOUR = "198.51.100.7";

    private static final String PIER = "198.51.100.8";

    @RegisterExtension
    private final Bench bench = new Bench();

    private Path file = Path.of("");
    private Path hosts = Path.of("");

    @BeforeEach
    void files() {
        file = bench.file("report.pdf", 1000);
        hosts = bench.file("hosts", HARBOUR + " harbour Harbour\n" + HARBOUR + " twofold\n" + PIER + " twofold\n");
    }

    @Test
    void aKeyIsMadeAtTheFirstUseAndKeptForBothPrograms() throws IOException {
        Person newcomer = new Person(bench.path("newcomer"));

        Result first = Command.send("--fingerprint").as(newcomer).run().expect(0);
        Result second = Command.receive("--fingerprint").as(newcomer).run().expect(0);

        assertThat(first.output().strip()).isEqualTo(newcomer.fingerprint());
        assertThat(second.output()).isEqualTo(first.output());
        assertThat(modeOf(newcomer.identity())).isEqualTo("600");
        assertThat(modeOf(newcomer.config())).isEqualTo("700");
        assertThat(Tree.of(newcomer.config())).containsOnlyKeys("identity.pem", "lock");
        // As SECURITY.md says how to compute it.
        String openssl = Command.of(
                        "/bin/sh",
                        "-c",
                        "openssl x509 -in \"$0\" -pubkey -noout | openssl pkey -pubin -outform der | sha256sum",
                        newcomer.identity())
                .run()
                .expect(0)
                .output();
        assertThat("sha256:" + openssl).startsWith(newcomer.fingerprint());
    }

    @Test
    void theFirstUseIsSaidAndRecordedAndTheSecondIsQuiet() throws IOException {
        Network network = bench.keep(Network.open());
        RunningReceive receive = listening(network, bench.receiver(), HARBOUR + ":0");
        String target = "Harbour:" + receive.port();

        Result first = sendIn(network, target);
        Result second = sendIn(network, target);

        assertThat(first.expect(0).errors()).contains(bench.receiver().fingerprint());
        assertThat(recorded()).containsExactly("harbour:" + receive.port() + " " + key(bench.receiver()));
        assertThat(second.expect(0).errors()).doesNotContain("sha256:").doesNotContain("warning");
        assertThat(receive.awaitEvents("started", 2))
                .extracting(event -> event.text("peer_key"))
                .containsOnly(key(bench.sender()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "unix"})
    void whatStaysOnThisMachineIsNotRecorded(String where) {
        String listen = where.equals("unix") ? "unix:" + bench.path("socket") : where + ":0";
        RunningReceive receive =
                bench.receive(receivingAs(bench.receiver(), bench.path("out"), listen), bench.path("out"));

        Result sent = bench.send("--json", file, receive.endpoint()).expect(0);

        assertThat(sent.event("started").text("peer_key")).isEqualTo(key(bench.receiver()));
        assertThat(sent.event("started").text("encryption")).contains("TLS");
        assertThat(bench.sender().knownReceivers()).doesNotExist();
    }

    @Test
    void aChangedKeyStopsItAndTheHintMakesItWorkAgain() throws IOException {
        Network network = bench.keep(Network.open());
        RunningReceive old = listening(network, bench.receiver(), HARBOUR + ":0");
        String target = "harbour:" + old.port();
        sendIn(network, target).expect(0);
        old.stop().expect(0);
        RunningReceive changed = listening(network, bench.person("another"), old.endpoint());

        Result json = sendIn(network, "--json", target).expect(5);
        Result sent = sendIn(network, target).expect(5);

        assertThat(json.event("stopped").text("code")).isEqualTo("key_changed");
        assertThat(sent.errors())
                .contains(key(bench.receiver()), key(bench.person("another")), "known_receivers, line 2");
        assertThat(changed.received()).isEmpty();
        assertThat(recorded()).containsExactly(target + " " + key(bench.receiver()));

        String hint = sent.errorLines().getLast();
        assertThat(hint).startsWith("hint: send ");
        follow(network, hint.replace("hint: send ", "").replace("FILE...", "report.pdf"))
                .expect(0);

        assertThat(changed.folder().resolve("report.pdf")).hasSameBinaryContentAs(file);
        assertThat(recorded()).containsExactly(target + " " + key(bench.person("another")));
        assertThat(sendIn(network, target).expect(0).errors()).doesNotContain("sha256:");
    }

    @Test
    void aRevokedKeyStopsItWhereverItIsMet() throws IOException {
        RunningReceive receive = bench.receive();
        Files.writeString(bench.sender().knownReceivers(), "@revoked " + key(bench.receiver()) + "\n");

        Result sent = bench.send(file, receive.endpoint()).expect(5);

        assertThat(sent.errors()).contains("revokes", key(bench.receiver()));
        assertThat(receive.received()).isEmpty();
    }

    @Test
    void onlyThePinnedKeyIsTaken() throws IOException {
        Network network = bench.keep(Network.open());
        RunningReceive receive = listening(network, bench.receiver(), HARBOUR + ":0");
        String target = "harbour:" + receive.port();

        Result wrong = sendIn(network, "--pin", key(bench.person("another")), target);
        assertThat(bench.sender().knownReceivers()).doesNotExist();
        Result right = sendIn(network, "--pin", key(bench.receiver()), target);

        assertThat(wrong.expect(5).errors())
                .contains("send: error: ", key(bench.receiver()), key(bench.person("another")));
        assertThat(right.expect(0).errors()).doesNotContain("warning");
        assertThat(receive.stop().expect(0).events("entry")).hasSize(1);
    }

    @Test
    void aPinHoldsOnTheLoopbackInterfaceToo() {
        RunningReceive receive = bench.receive();

        bench.send("--pin", key(bench.person("another")), file, receive.endpoint())
                .expect(5);
        bench.send("--pin", key(bench.receiver()), file, receive.endpoint()).expect(0);
        assertThat(bench.send("--pin", "sha256:12", file, receive.endpoint())
                        .expect(2)
                        .errors())
                .contains("--pin");
    }

    @Test
    void aChangedKeyAtTheFirstAddressOfAHostNeverLeadsToTheSecond() throws IOException {
        Network network = bench.keep(Network.open());
        RunningReceive wrong = listening(network, bench.person("another"), HARBOUR + ":0");
        RunningReceive right = listening(network, bench.receiver(), PIER + ":" + wrong.port());
        String target = "twofold:" + wrong.port();
        Files.writeString(bench.sender().knownReceivers(), target + " " + key(bench.receiver()) + "\n");

        sendIn(network, target).expect(5);

        assertThat(wrong.received()).isEmpty();
        assertThat(right.process().soFar().events("started")).isEmpty();
        assertThat(right.received()).isEmpty();
        wrong.stop().expect(0);
        sendIn(network, target).expect(0);
    }

    @Test
    void aBrokenFileOfKnownReceiversStopsIt() throws IOException {
        Network network = bench.keep(Network.open());
        RunningReceive receive = listening(network, bench.receiver(), HARBOUR + ":0");
        Files.writeString(bench.sender().knownReceivers(), "harbour sha256:what\n");

        Result sent = sendIn(network, "harbour:" + receive.port()).expect(3);

        assertThat(sent.errors()).contains(bench.sender().knownReceivers() + ":1:");
        assertThat(receive.received()).isEmpty();
    }

    @Test
    void theReceiverSaysItsKeyAndWhoMaySend() {
        RunningProcess open = bench.start(
                Command.receive("--dir", bench.path("open"), "--listen", ":0").as(bench.receiver()));
        open.awaitErrors("hint: send");
        RunningProcess local = bench.start(Command.receive("--dir", bench.path("local"), "--listen", "localhost:0")
                .as(bench.receiver()));
        local.awaitErrors("hint: send");

        assertThat(open.soFar().errors()).contains(key(bench.receiver()), "whoever reaches the port may send");
        assertThat(local.soFar().errors())
                .contains(key(bench.receiver()))
                .doesNotContain("whoever reaches the port may send");
    }

    /** Runs what was shown as a hint, word for word. */
    private Result follow(Network network, String arguments) {
        return network.with(Network.knowing(hosts, bench.sending().under("/bin/sh", "-c", "\"$0\" " + arguments)))
                .run();
    }

    private Result sendIn(Network network, Object... optionsAndTarget) {
        return network.with(Network.knowing(hosts, bench.sending(file).and(optionsAndTarget)))
                .run();
    }

    private RunningReceive listening(Network network, Person person, String endpoint) {
        Path out = bench.path("out of " + person.home().getFileName());
        return bench.receive(network.with(receivingAs(person, out, endpoint)), out);
    }

    private Command receivingAs(Person person, Path out, String endpoint) {
        return bench.receiving(out).as(person).and("--listen", endpoint);
    }

    private List<String> recorded() throws IOException {
        return Files.readAllLines(bench.sender().knownReceivers()).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    private static String key(Person person) {
        return person.fingerprint();
    }

    private static String modeOf(Path path) {
        return Command.of("stat", "-c", "%a", path).run().expect(0).output().strip();
    }
}
