package ferry.receive;

import static ferry.receive.RawFrames.frames;
import static ferry.receive.RawFrames.framesUntil;
import static ferry.receive.RawFrames.hello;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.receive.ReceiveRequest.Lifetime;
import ferry.wire.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that takes a single transfer. */
class ReceiverOnceTest {
    @TempDir
    private Path dir;

    @Test
    void endsAfterOneTransferWithItsStatus() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            try (ScriptedSender sender = receiver.connect()) {
                sender.send("a.txt\ncontent").end();
                assertThat(sender.readAll()).isEqualTo("ok");
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("a.txt", "content"));
        assertThat(out().resolve(".ferry")).doesNotExist();
    }

    @Test
    void endsWithTheStatusOfATransferThatFailed() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once());
                ScriptedSender sender = receiver.connect()) {
            sender.send("a.txt\n").expect("ok").reset();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.NETWORK);
        }
    }

    @Test
    void endsWithTheStatusOfAClassicFileThatWasRefused() throws Exception {
        Files.createDirectories(out().resolve("d"));
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            try (ScriptedSender sender = receiver.connect()) {
                sender.send("d\ncontent").end();
                assertThat(sender.readAll()).startsWith("error: d: ");
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.REFUSED);
        }
    }

    @Test
    void countsNeitherScansNorRefusedPeers() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            receiver.connect().close();
            receiver.connect().reset();
            for (String scan : List.of("\u0016\u0003\u0001", "GET / HTTP/1.1\r\n\r\n", "\0not Ferry")) {
                try (ScriptedSender sender = receiver.connect()) {
                    sender.send(scan).expectEnd();
                }
            }
            assertThat(receiver.hasEnded()).isFalse();
            try (ScriptedSender sender = receiver.connect()) {
                sender.send("a.txt\ncontent").end().expect("ok");
            }
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
    }

    @Test
    void refusesASecondTransferWhileTheOnlyOneRuns() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once());
                ScriptedSender first = receiver.connect()) {
            first.send("a.txt\n").expect("ok");
            try (ScriptedSender second = receiver.connect()) {
                second.send("b.txt\n").end();
                assertThat(second.readAll())
                        .isEqualTo("error: receiver: it takes a single transfer, which has begun\n");
            }
            try (ScriptedSender third = receiver.connect()) {
                third.send(frames(hello())).end();
                assertThat(framesUntil(Frame.Abort.class, third.in()))
                        .singleElement()
                        .isInstanceOfSatisfying(
                                Frame.Abort.class,
                                abort -> assertThat(abort.reason().code()).isEqualTo(ErrorCode.BUSY));
            }
            first.send("content").end();
            assertThat(first.readAll()).isEmpty();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("a.txt", "content"));
    }

    @Test
    void isInterruptedIfItsOnlyTransferNeverCame() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.start(once())) {
            receiver.stop(ExitStatus.INTERRUPTED);
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.INTERRUPTED);
        }
    }

    private Path out() {
        return dir.resolve("out");
    }

    private ReceiveRequest once() {
        return RunningReceiver.request(out(), ConflictPolicy.RENAME, Lifetime.ONE_TRANSFER);
    }
}
