package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.dist.Authority.Certified;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates of an authority, made by openssl, at either side and with either side's TLS. */
final class AuthorityIT {
    private static final String HERE = "IP:127.0.0.1,DNS:localhost";

    @RegisterExtension
    private final Bench bench = new Bench();

    private Path file = Path.of("");
    private Authority ours = new Authority(Path.of(""));

    @BeforeEach
    void make() {
        file = bench.file("report.pdf", 1000);
        ours = Authority.in(bench.directory("authority"));
    }

    @ParameterizedTest
    @CsvSource({"conscrypt, conscrypt", "conscrypt, jdk", "jdk, conscrypt", "jdk, jdk"})
    void whoHasACertificateIsTakenAndWhoHasNoneIsNot(String sending, String receiving) {
        RunningReceive receive = receiveAs(ours.certify(HERE), "--tls-provider", receiving);

        Result good = sendAs(ours.certify("DNS:sender"), receive, "--tls-provider", sending, "--json");
        Result expired = sendAs(ours.certifyExpired("DNS:sender"), receive, "--tls-provider", sending);
        Result another = sendAs(Authority.selfSigned(bench.directory("self")), receive, "--tls-provider", sending);

        String provider = sending.equals("jdk") ? "JDK" : "Conscrypt";
        assertThat(good.expect(0).event("started").text("encryption")).contains("TLSv1.3", provider);
        assertThat(expired.expect(5).errors()).contains("certificate");
        assertThat(another.expect(5).errors()).contains("certificate");
        assertThat(receive.stop().expect(0).output())
                .contains(
                        "its certificate is refused: it has expired",
                        "its certificate is refused: no authority of --tls-ca vouches for it");
        assertThat(receive.received()).containsExactlyInAnyOrder("report.pdf");
    }

    @ParameterizedTest
    @CsvSource({"conscrypt", "jdk"})
    void aReceiverIsKnownByANameThatItsAuthorityHasSigned(String provider) {
        Certified me = ours.certify("DNS:sender");

        Result expired = sendAs(me, receiveAs(ours.certifyExpired(HERE)), "--tls-provider", provider);
        Result elsewhere = sendAs(me, receiveAs(ours.certify("DNS:elsewhere.example")), "--tls-provider", provider);
        Authority theirs = Authority.in(bench.directory("their authority"));
        Result another = sendAs(me, receiveAs(theirs.certify(HERE)), "--tls-provider", provider);

        assertThat(expired.expect(5).errors()).contains("expired");
        assertThat(elsewhere.expect(5).errors()).contains("127.0.0.1");
        assertThat(another.expect(5).errors()).contains("no authority of --tls-ca vouches for it");
        assertThat(Tree.of(bench.path("out"))).doesNotContainKey("report.pdf");
    }

    @Test
    void aNameIsCheckedAsItWasTyped() {
        RunningReceive receive = receiveAs(ours.certify("DNS:harbour.example"));
        Path hosts = bench.file("hosts", "127.0.0.1 harbour.example\n127.0.0.1 port.example\n");
        Command send = bench.sending(ours.certify("DNS:sender").options()).and("--tls-ca", ours.certificate(), file);

        Network.knowing(hosts, send.and("harbour.example:" + receive.port()))
                .run()
                .expect(0);
        Result wrong = Network.knowing(hosts, send.and("port.example:" + receive.port()))
                .run()
                .expect(5);

        assertThat(wrong.errors()).contains("port.example");
    }

    @Test
    void aSenderThatNamesNoAuthorityKnowsTheReceiverByItsKeyAlone() {
        RunningReceive receive = receiveAs(ours.certify("DNS:elsewhere.example"));

        Result known = bench.sending(ours.certify("DNS:sender").options())
                .and(file, receive.endpoint())
                .run();
        Result own = bench.send(file, receive.endpoint());

        known.expect(0);
        assertThat(own.expect(5).errors()).contains("certificate");
    }

    @Test
    void aSenderWithAnAuthorityDoesNotTakeAReceiversOwnKey() {
        RunningReceive receive = bench.receive();

        assertThat(sendAs(ours.certify("DNS:sender"), receive).expect(5).errors())
                .contains("no authority of --tls-ca vouches for it");

        assertThat(receive.received()).isEmpty();
    }

    @Test
    void filesThatCannotBeUsedAreSaidAtTheStart() {
        Certified one = ours.certify("DNS:one");
        Certified other = ours.certify("DNS:other");

        Result mixed = bench.send("--tls-cert", one.certificate(), "--tls-key", other.key(), file, "127.0.0.1:1");
        Result half = bench.send("--tls-cert", one.certificate(), file, "127.0.0.1:1");
        Result missing = bench.send("--tls-ca", bench.path("missing.pem"), file, "127.0.0.1:1");
        Result nonsense = bench.send("--tls-ca", file, file, "127.0.0.1:1");

        assertThat(mixed.expect(3).errors()).contains(other.key().toString());
        half.expect(2);
        assertThat(missing.expect(3).errors()).contains("missing.pem");
        assertThat(nonsense.expect(3).errors()).contains("report.pdf");
    }

    private Result sendAs(Certified who, RunningReceive receive, Object... options) {
        return bench.sending(options)
                .and(who.options())
                .and("--tls-ca", ours.certificate(), file, receive.endpoint())
                .run();
    }

    private RunningReceive receiveAs(Certified who, Object... options) {
        Path out = bench.path("out");
        return bench.receive(
                bench.receiving(out)
                        .and("--listen", "127.0.0.1:0", "--tls-ca", ours.certificate())
                        .and(who.options())
                        .and(options),
                out);
    }
}
