package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Sends one file by the classic protocol, and keeps what was told of it. */
record ClassicRun(Path file, Events events) {
    ClassicRun(Path file) {
        this(file, new Events());
    }

    ExitStatus send(ScriptedReceiver receiver) throws TransferException {
        return sender(Requests.classic(receiver.endpoint(), file)).run();
    }

    Sender sender(SendRequest request) {
        return new Sender(
                request,
                Map.of(),
                Optional.empty(),
                (connection, transfer) -> {
                    throw new AssertionError("the Ferry protocol was chosen");
                },
                events);
    }

    void assertStopped(ExitStatus status, ErrorCode code, String text) {
        TransferEvent.Stopped stopped = events.only(TransferEvent.Stopped.class);
        assertThat(stopped.text()).isEqualTo(text);
        assertThat(stopped.code()).isEqualTo(code);
        assertThat(status).isEqualTo(code.exitStatus());
        assertThat(events.only(TransferEvent.Finished.class).status()).isEqualTo(status);
        assertThat(events.of(TransferEvent.Completed.class)).isEmpty();
    }
}
