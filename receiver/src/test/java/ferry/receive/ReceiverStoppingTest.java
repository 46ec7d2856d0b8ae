package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.event.TransferEvent;
import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import ferry.receive.ReceiveRequest.Lifetime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that is stopped while transfers run. */
class ReceiverStoppingTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path dir;

    @Test
    void letsRunningTransfersFinishWhenItIsStopped() throws Exception {
        try (RunningReceiver receiver = RunningReceiver.into(out());
                ScriptedSender running = receiver.connect();
                ScriptedSender idle = receiver.connect()) {
            running.send("a.txt\n").expect("ok");
            receiver.stop(ExitStatus.TERMINATED);
            idle.expectReset();
            assertThatThrownBy(receiver::connect).isInstanceOf(IOException.class);
            assertThat(receiver.hasEnded()).isFalse();
            running.send("content").end();
            assertThat(running.readAll()).isEmpty();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.DONE);
            assertThat(receiver.events().only(TransferEvent.Notice.class).text())
                    .startsWith("stopping; up to 20 s for 1 running transfer");
        }
        assertThat(TestDisk.tree(out())).isEqualTo(Map.of("a.txt", "content"));
    }

    @Test
    void abortsTransfersThatTakeLongerThanTheGraceTime() throws Exception {
        ReceiveRequest request = new ReceiveRequest(
                RunningReceiver.request(out()).destination(),
                List.of(new Endpoint.Tcp("127.0.0.1", 0)),
                Lifetime.UNTIL_STOPPED,
                AcceptOptions.DEFAULT,
                OptionalLong.empty(),
                LONG,
                Duration.ofMillis(200));
        try (RunningReceiver receiver = RunningReceiver.start(request);
                ScriptedSender busy = receiver.connect();
                ScriptedSender stalled = receiver.connect()) {
            stalled.send("stalled.txt\n").expect("ok");
            busy.send("busy.txt\n").expect("ok");
            receiver.stop(ExitStatus.TERMINATED);
            assertThat(busy.sendUntilAnswered())
                    .isEqualTo("error: receiver: it was stopped before the transfer was complete\n");
            stalled.expectReset();
            assertThat(receiver.awaitEnd()).isEqualTo(ExitStatus.TERMINATED);
            assertThat(receiver.events().of(TransferEvent.Finished.class))
                    .hasSize(2)
                    .allMatch(finished -> finished.status() == ExitStatus.NETWORK);
            assertThat(receiver.events().of(TransferEvent.Stopped.class))
                    .hasSize(2)
                    .allMatch(stopped -> stopped.code() == ErrorCode.SHUTTING_DOWN);
        }
        assertThat(TestDisk.tree(out())).isEmpty();
    }

    private Path out() {
        return dir.resolve("out");
    }
}
