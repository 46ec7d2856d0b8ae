package ferry.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The classic protocol with programs that are none of ours, and between our own. */
final class ClassicIT {
    private static final Path PEERS =
            Path.of("src", "test", "resources", "peers").toAbsolutePath();

    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aStudentsProgramSendsToReceive() {
        Path file = bench.file("homework.bin", 3_000_000);
        RunningReceive receive = bench.receive();

        Command.of("python3", PEERS.resolve("send.py"), file, "127.0.0.1", receive.port())
                .run()
                .expect(0);

        Result received = receive.stop().expect(0);
        assertThat(receive.folder().resolve("homework.bin")).hasSameBinaryContentAs(file);
        assertThat(received.event("started").text("protocol")).isEqualTo("classic");
        assertThat(received.event("entry").fields().get("verified")).isEqualTo(false);
        assertThat(received.event("entry").text("durability")).isEqualTo("durable");
    }

    @Test
    void aStudentsProgramIsToldWhyItIsRefused() {
        RunningReceive receive = bench.receive("--max-size", "1kB");
        Path file = bench.file("homework\u0001.bin", 10);
        bench.file("out/homework\u0001.bin/directory", 10);

        Result sent = Command.of("python3", PEERS.resolve("send.py"), file, "127.0.0.1", receive.port())
                .run();

        sent.expect(1);
        assertThat(sent.errors()).startsWith("error: ");
    }

    @Test
    void sendSendsToAStudentsProgram() {
        Path file = bench.file("homework.bin", 3_000_000);
        Path folder = bench.directory("theirs");
        RunningProcess peer = bench.start(Command.of("python3", PEERS.resolve("receive.py"), folder));
        await().atMost(RunningProcess.PATIENCE)
                .until(() -> peer.soFar().output().endsWith("\n"));
        String endpoint = "127.0.0.1:" + peer.soFar().output().strip();

        Result sent = bench.send("--classic", "--json", file, endpoint).expect(0);

        peer.awaitEnd().expect(0);
        assertThat(folder.resolve("homework.bin")).hasSameBinaryContentAs(file);
        assertThat(sent.event("entry").fields().get("verified")).isEqualTo(false);
        assertThat(sent.event("entry").text("durability")).isEqualTo("written");
    }

    @Test
    void ncSendsToReceive() {
        Path file = bench.file("report.pdf", 1_000_000);
        RunningReceive receive = bench.receive();

        Result sent = shell("(echo report.pdf; cat report.pdf) | nc -N 127.0.0.1 " + receive.port());

        assertThat(sent.expect(0).output().strip()).isEqualTo("ok");
        receive.stop().expect(0);
        assertThat(receive.folder().resolve("report.pdf")).hasSameBinaryContentAs(file);
    }

    @Test
    void sendSendsToNc() throws Exception {
        String host = "127.9.%d.%d".formatted(random(), random());
        bench.file("report.pdf", "the report\n");
        RunningProcess nc = bench.start(
                Command.of("sh", "-c", "echo ok | nc -l " + host + " 7363").in(bench.path("")));

        Result sent = bench.send("--classic", "--wait", "60s", "report.pdf", host + ":7363")
                .expect(0);

        assertThat(nc.awaitEnd().expect(0).output()).isEqualTo("report.pdfthe report\n");
        assertThat(sent.errors()).contains("unverified");
    }

    @Test
    void theProgramsSpeakItWithEachOther() {
        Path file = bench.file("file with a name", 1_000_000);
        RunningReceive receive = bench.receive();

        bench.send("--classic", file, receive.endpoint()).expect(0);
        bench.sending("--classic", "--name", "piped", "-", receive.endpoint())
                .from(file)
                .run()
                .expect(0);

        receive.stop().expect(0);
        assertThat(receive.folder().resolve("file with a name")).hasSameBinaryContentAs(file);
        assertThat(receive.folder().resolve("piped")).hasSameBinaryContentAs(file);
    }

    @Test
    void ncReceivesARandomNumberOfBytesThatReceiveStreams() {
        RunningProcess receive = bench.start(Command.receive("--stdout", "--listen", "127.0.0.1:0"));
        receive.awaitErrors("hint: send");
        String port = receive.soFar().errors().replaceAll("(?s).*listening on 127\\.0\\.0\\.1:(\\d+).*", "$1");

        shell("(echo numbers; seq 1 1000) | nc -N 127.0.0.1 " + port).expect(0);

        assertThat(receive.awaitEnd().expect(0).output()).startsWith("1\n2\n").endsWith("999\n1000\n");
    }

    @Test
    void aClassicPeerThatIsResetInTheMiddleLeavesNothing() {
        RunningReceive receive = bench.receive();
        String reset = """
                import socket, struct, sys
                peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                peer.sendall(b"half.bin\\n")
                peer.recv(2)
                peer.sendall(b"x" * 100000)
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                peer.close()
                """;

        Command.of("python3", "-c", reset, receive.port()).run().expect(0);

        assertThat(receive.awaitFinished().number("status")).isEqualTo(4);
        receive.stop().expect(0);
        assertThat(receive.folder()).isEmptyDirectory();
    }

    private Result shell(String line) {
        return Command.of("/bin/sh", "-c", line).in(bench.path("")).run();
    }

    private static int random() {
        return ThreadLocalRandom.current().nextInt(1, 255);
    }
}
