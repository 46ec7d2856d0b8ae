package ferry.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How programs end: by themselves, when asked to, and when they are killed. */
final class StoppingIT {
    @RegisterExtension
    private final Bench bench = new Bench();

    @Test
    void aReceiverThatIsAskedToStopLetsTheRunningTransferFinish() throws IOException {
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("-", receive.endpoint()));
        receive.awaitEvents("started", 1);

        receive.process().signal("TERM");

        receive.awaitEvents("notice", 1);
        bench.send(bench.file("late", 10), receive.endpoint()).expect(4);
        send.input().write("to the end".getBytes(UTF_8));
        send.closeInput();
        send.awaitEnd().expect(0);
        receive.process().awaitEnd().expect(0);
        assertThat(receive.folder().resolve("stdin")).hasContent("to the end");
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("stdin");
    }

    @Test
    void aSecondSignalStopsTheReceiverAtOnce() {
        RunningReceive receive = bench.receive("--grace", "1h");
        bench.start(bench.sending("-", receive.endpoint()));
        receive.awaitEvents("started", 1);

        receive.process().signal("TERM");
        receive.awaitEvents("notice", 1);
        receive.process().signal("TERM");

        receive.process().awaitEnd().expect(143);
    }

    @Test
    void onceMeansOneTransferAndScansAndRefusedPeersAreNone() throws IOException {
        RunningReceive receive = bench.receive("--once");
        scan(receive.port());
        assertThat(classicPeerSaying("../escape\n", receive.port())).startsWith("error:");

        bench.send(bench.file("file", 10), receive.endpoint()).expect(0);

        receive.process().awaitEnd().expect(0);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("file");
    }

    @Test
    void whoComesWhileTheOnlyTransferRunsIsRefusedAsBusy() {
        RunningReceive receive = bench.receive("--once");
        RunningProcess send = bench.start(bench.sending("-", receive.endpoint()));
        receive.awaitEvents("started", 1);

        Result second = bench.send("--retries", "0", "--json", bench.file("file", 10), receive.endpoint())
                .expect(4);

        assertThat(second.event("stopped").text("code")).isEqualTo("busy");
        send.closeInput();
        send.awaitEnd().expect(0);
        receive.process().awaitEnd().expect(0);
    }

    @Test
    void onceEndsWithTheStatusOfItsTransfer() {
        bench.file("out/file", "different");
        RunningReceive receive = bench.receive("--once", "--on-conflict", "fail");

        bench.send(bench.file("file", 10), receive.endpoint()).expect(8);

        receive.process().awaitEnd().expect(8);
    }

    @Test
    void aSenderThatIsKilledLeavesNothingAndTheReceiverGoesOn() {
        Path file = bench.file("file", 4_000_000);
        RunningReceive receive = bench.receive();
        RunningProcess send = bench.start(bench.sending("--limit", "500kB/s", file, receive.endpoint()));
        receive.awaitEvents("started", 1);

        send.signal("KILL");
        send.awaitEnd();

        assertThat(receive.awaitFinished().number("status")).isEqualTo(4);
        assertThat(receive.folder().resolve("file")).doesNotExist();
        bench.send(file, receive.endpoint()).expect(0);
        receive.stop().expect(0);
        assertThat(Tree.of(receive.folder())).containsOnlyKeys("file");
        assertThat(receive.folder().resolve("file")).hasSameBinaryContentAs(file);
    }

    @Test
    void aReceiverThatIsKilledLeavesNoFileUnderItsNameAndTheNextOneCleansUp() {
        Path file = bench.file("file", 4_000_000);
        RunningReceive receive = bench.receive();
        RunningProcess send =
                bench.start(bench.sending("--retries", "0", "--limit", "500kB/s", file, receive.endpoint()));
        receive.awaitEvents("started", 1);

        receive.process().signal("KILL");

        send.awaitEnd().expect(4);
        assertThat(receive.folder().resolve("file")).doesNotExist();
        bench.receive().stop().expect(0);
        assertThat(receive.folder()).isEmptyDirectory();
    }

    @Test
    void aSecondSignalStopsTheSenderAtOnce() {
        ScriptedPeer peer = bench.keep(ScriptedPeer.silent());
        RunningProcess send = bench.start(bench.sending("--plain", bench.file("file", 50_000_000), peer.endpoint()));
        send.awaitErrors("not encrypted");

        send.signal("TERM");
        send.signal("TERM");

        send.awaitEnd().expect(143);
    }

    private static void scan(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }

    private static String classicPeerSaying(String header, int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(header.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
