package ferry.send;

import static ferry.send.ScriptedFerryReceiver.receipt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.wire.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often, how long and after what one run connects again. */
@Timeout(60)
class ReconnectLimitsTest extends Reconnections {
    @Test
    void givesUpWithTheLastCauseAndSaysHowToGoOn() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(
                receiver -> {
                    receiver.welcoming().await(Frame.End.class);
                    receiver.reset();
                },
                receiver -> {
                    receiver.greeted();
                    receiver.abort(ErrorCode.BUSY);
                    receiver.awaitEnd();
                })) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.NETWORK);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Reconnecting.class))
                .extracting(TransferEvent.Reconnecting::attempt)
                .containsExactly(1, 2, 3);
        TransferEvent.Stopped stopped = events.only(TransferEvent.Stopped.class);
        assertThat(stopped.code()).isEqualTo(ErrorCode.CONNECT_FAILED);
        assertThat(stopped.hints()).last().asString().startsWith("give the same command again");
    }

    @Test
    void countsAttemptsAnewAfterEachFinalAnswer() throws Exception {
        List<ScriptedReceivers.Script> scripts = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            files.add(Files.write(dir.resolve("f" + i), new byte[100]));
            scripts.add(receiver -> {
                receiver.welcoming().say(receipt(receiver.await(Frame.End.class)));
                receiver.await(Frame.Done.class);
                receiver.leave();
            });
        }
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(scripts)) {
            SendRequest request =
                    Requests.retrying(Requests.ferry(receivers.endpoint(), files.toArray(Path[]::new)), 1);
            assertThat(sender(request).run()).isEqualTo(ExitStatus.DONE);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Reconnecting.class)).hasSize(5).allMatch(event -> event.attempt() == 1);
    }

    @Test
    void doesNotComeBackForEverToAReceiverThatBreaksAtTheSameByte() throws Exception {
        List<ScriptedReceivers.Script> scripts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            scripts.add(receiver -> {
                receiver.welcoming().await(Frame.End.class);
                receiver.reset();
            });
        }
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(scripts)) {
            SendRequest request = Requests.retrying(Requests.ferry(receivers.endpoint(), small), 2);
            assertThat(sender(request).run()).isEqualTo(ExitStatus.NETWORK);
            receivers.awaitEnd();
        }
        assertThat(events.of(TransferEvent.Reconnecting.class))
                .extracting(TransferEvent.Reconnecting::attempt)
                .containsExactly(1, 2);
    }

    @Test
    void doesNotComeBackAfterARefusalForGood() throws Exception {
        try (ScriptedReceivers receivers =
                ScriptedReceivers.playing(receiver -> receiver.welcoming().reset(), receiver -> {
                    receiver.greeted();
                    receiver.abort(ErrorCode.ACCESS_DENIED);
                    receiver.awaitEnd();
                })) {
            assertThat(send(receivers, small)).isEqualTo(ExitStatus.ACCESS);
            receivers.awaitEnd();
        }
    }

    @Test
    void endsAtOnceWhenItIsCancelledWhileItWaits() throws Exception {
        try (ScriptedReceivers receivers =
                ScriptedReceivers.playing(receiver -> receiver.welcoming().reset())) {
            SendRequest hasty = Requests.ferry(receivers.endpoint(), small);
            Sender sender = sender(Requests.retrying(hasty, new RetryPolicy(3, Duration.ofHours(1))));
            CompletableFuture<ExitStatus> status = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try {
                    status.complete(sender.run());
                } catch (TransferException e) {
                    status.completeExceptionally(e);
                }
            });
            await().until(() -> !events.of(TransferEvent.Reconnecting.class).isEmpty());
            sender.cancel(ErrorCode.INTERRUPTED);
            assertThat(status.get(5, TimeUnit.SECONDS)).isEqualTo(ExitStatus.INTERRUPTED);
        }
        assertThat(events.only(TransferEvent.Finished.class).status()).isEqualTo(ExitStatus.INTERRUPTED);
    }

    @Test
    void waitsForTheFirstWelcomeAsLongAsItWasToldAndNoLonger() throws Exception {
        try (ScriptedReceivers receivers = ScriptedReceivers.playing(receiver -> {
            receiver.greeted();
            receiver.reset();
        })) {
            SendRequest request = Requests.retrying(Requests.ferry(receivers.endpoint(), small), 1000);
            assertThat(sender(Requests.trying(request, Duration.ofMillis(300))).run())
                    .isEqualTo(ExitStatus.NETWORK);
        }
        assertThat(events.of(TransferEvent.Reconnecting.class)).isEmpty();
    }
}
