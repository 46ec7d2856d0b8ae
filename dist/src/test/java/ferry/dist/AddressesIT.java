package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a receiver can listen, and how a sender finds it. */
final class AddressesIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void ipv6Works() {
        RunningReceive receive = listeningOn("[::1]:0");
        assertThat(receive.endpoint()).startsWith("[::1]:");

        bench.send(bench.file("file", 10), receive.endpoint()).expect(0);

        assertThat(receive.folder().resolve("file")).hasSize(10);
    }

    @Test
    void aUnixSocketWorksAndIsRemovedAtTheEnd() {
        Path socket = bench.path("receive.sock");
        RunningReceive receive = listeningOn("unix:" + socket);

        Result sent =
                bench.send("--json", bench.file("file", 10), receive.endpoint()).expect(0);

        assertThat(sent.event("started").text("peer")).contains(socket.toString());
        assertThat(receive.folder().resolve("file")).hasSize(10);
        receive.stop().expect(0);
        assertThat(socket).doesNotExist();
    }

    @Test
    void aUnixSocketThatAKilledReceiverLeftIsReplaced() {
        Path socket = bench.path("receive.sock");
        RunningReceive killed = listeningOn("unix:" + socket);
        killed.process().signal("KILL");
        killed.process().awaitEnd();
        assertThat(socket).exists();

        RunningReceive receive = listeningOn("unix:" + socket);

        bench.send(bench.file("file", 10), receive.endpoint()).expect(0);
    }

    @Test
    void severalSocketsAreServedAtOnce() {
        Path out = bench.path("out");
        RunningReceive receive = bench.receive(
                bench.receiving(out).and("--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--listen", "localhost:0"),
                out);

        for (Event listening : receive.awaitEvents("listening", 3)) {
            bench.send("--classic", bench.file("file", 10), listening.text("endpoint"))
                    .expect(0);
        }

        assertThat(receive.folder()).isDirectoryContaining("glob:**file (2)");
    }

    @Test
    void allAddressesOfAHostNameAreTried() {
        RunningReceive receive = listeningOn("127.0.0.1:0");
        Path hosts = bench.file("hosts", "::1 twofold\n127.0.0.9 twofold\n127.0.0.1 twofold\n");
        String target = "twofold:" + receive.port();
        Path file = bench.file("file", 10);

        Network.knowing(hosts, bench.sending(file, target)).run().expect(0);
        Network.knowing(hosts, bench.sending("-4", file, target)).run().expect(0);
        Result six =
                Network.knowing(hosts, bench.sending("-6", file, target)).run().expect(4);

        assertThat(six.errors()).contains("send: error: twofold:", "refused");
    }

    @Test
    void localhostIsFound() {
        RunningReceive receive = listeningOn("localhost:0");

        bench.send(bench.file("file", 10), "localhost:" + receive.port()).expect(0);
    }

    @Test
    void aSenderWaitsForTheReceiver() {
        String endpoint = freeEndpoint();
        RunningProcess send = bench.start(bench.sending("--wait", "60s", bench.file("file", 10), endpoint));
        send.awaitErrors("send: waiting up to 60 s for the receiver");

        RunningReceive receive = listeningOn(endpoint);

        send.awaitEnd().expect(0);
        assertThat(receive.folder().resolve("file")).hasSize(10);
    }

    @Test
    void aSenderDoesNotWaitLongerThanItWasTold() {
        Result sent = bench.send("--wait", "300ms", bench.file("file", 10), freeEndpoint())
                .expect(4);

        assertThat(sent.errors()).contains("connection refused");
    }

    @Test
    void aRestartBindsThePortAtOnce() {
        RunningReceive first = listeningOn("127.0.0.1:0");
        RunningProcess send = bench.start(bench.sending("--retries", "0", "-", first.endpoint()));
        first.awaitEvents("started", 1);
        first.process().signal("KILL");
        first.process().awaitEnd();
        send.closeInput();
        send.awaitEnd().expect(4);

        RunningReceive second = listeningOn(first.endpoint());

        bench.send(bench.file("file", 10), second.endpoint()).expect(0);
        second.stop().expect(0);
        assertThat(Tree.of(second.folder())).containsOnlyKeys("file");
    }

    @Test
    void aPortThatIsTakenIsAnErrorThatSaysSo() {
        RunningReceive first = listeningOn("127.0.0.1:0");

        Result second = Command.receive("--dir", bench.path("other"), "--listen", first.endpoint())
                .run();

        second.expect(4);
        assertThat(second.errors())
                .startsWith("receive: error: " + first.endpoint() + ": ")
                .contains("in use");
    }

    private RunningReceive listeningOn(String endpoint) {
        Path out = bench.path("out");
        return bench.receive(bench.receiving(out).and("--listen", endpoint), out);
    }

    /** An address that no other test has, since each has its own address, and not only its own port. */
    private static String freeEndpoint() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "127.%d.%d.%d:4000".formatted(random.nextInt(1, 255), random.nextInt(256), random.nextInt(1, 255));
    }
}
