package ferry.send;

import static ferry.send.ScriptedReceiver.expect;
import static ferry.send.ScriptedReceiver.expectReset;
import static ferry.send.ScriptedReceiver.reset;
import static ferry.send.ScriptedReceiver.say;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.error.ErrorCode;
import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the classic protocol ends when it does not end well. */
class ClassicSenderEndsTest {
    /** More than all buffers between two sockets hold. */
    private static final int LARGE = 64 << 20;

    @TempDir
    private Path dir;

    private Path file;
    private ClassicRun run;

    @BeforeEach
    void makeFile() throws Exception {
        file = Files.writeString(dir.resolve("größe.txt"), "content");
        run = new ClassicRun(file);
    }

    /** A receiver that hears the name, and then does this. */
    private static ScriptedReceiver takingTheName(ScriptedReceiver.Script then) throws IOException {
        return ScriptedReceiver.playing(sender -> {
            expect(sender, "größe.txt");
            then.play(sender);
        });
    }

    /** One that says OK too. */
    private static ScriptedReceiver takingContent(ScriptedReceiver.Script then) throws IOException {
        return takingTheName(sender -> {
            say(sender, "ok");
            then.play(sender);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"error: no space left\n", "error:no space left", "error: no space left\nand more\n"})
    void showsWhyTheReceiverRefuses(String answer) throws Exception {
        try (ScriptedReceiver receiver = takingTheName(sender -> {
            for (int i = 0; i < answer.length(); i++) {
                say(sender, answer.substring(i, i + 1));
            }
            sender.shutdownOutput();
            expectReset(sender);
        })) {
            run.assertStopped(run.send(receiver), ErrorCode.REFUSED, receiver.endpoint() + ": refused: no space left");
            receiver.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\n\r\n", "o", "okay", "no"})
    void takesAnythingButOkForARefusal(String answer) throws Exception {
        try (ScriptedReceiver receiver = takingTheName(sender -> {
            say(sender, answer);
        })) {
            assertThat(run.send(receiver)).isEqualTo(ExitStatus.REFUSED);
            assertThat(run.events().only(TransferEvent.Stopped.class).text()).contains("expected, got '");
        }
    }

    @Test
    void failsIfTheReceiverClosesInsteadOfAnswering() throws Exception {
        try (ScriptedReceiver receiver = takingTheName(sender -> {})) {
            run.assertStopped(
                    run.send(receiver),
                    ErrorCode.CONNECTION_LOST,
                    receiver.endpoint() + ": 'ok' expected, but the receiver closed");
        }
    }

    @Test
    void failsIfTheConnectionIsResetOnTheWay() throws Exception {
        makeLarge();
        try (ScriptedReceiver receiver = takingContent(sender -> {
            sender.getInputStream().readNBytes(100_000);
            reset(sender);
        })) {
            SendRequest request = Requests.waiting(Requests.classic(receiver.endpoint(), file));
            assertThat(run.sender(request).run()).isEqualTo(ExitStatus.NETWORK);
        }
        assertThat(run.events().of(TransferEvent.Completed.class)).isEmpty();
    }

    @Test
    void showsWhyTheReceiverGaveUpOnTheWay() throws Exception {
        makeLarge();
        try (ScriptedReceiver receiver = takingContent(sender -> {
            sender.getInputStream().readNBytes(100_000);
            say(sender, "error: no space left\n");
        })) {
            run.assertStopped(run.send(receiver), ErrorCode.REFUSED, receiver.endpoint() + ": refused: no space left");
        }
    }

    @Test
    void showsWhyTheReceiverCouldNotPlaceTheFile() throws Exception {
        try (ScriptedReceiver receiver = takingContent(sender -> {
            sender.getInputStream().readAllBytes();
            say(sender, "error: fsync failed\n");
        })) {
            run.assertStopped(run.send(receiver), ErrorCode.REFUSED, receiver.endpoint() + ": refused: fsync failed");
        }
    }

    @Test
    void failsIfTheReceiverResetsInsteadOfClosing() throws Exception {
        try (ScriptedReceiver receiver = takingContent(sender -> {
            sender.getInputStream().readAllBytes();
            reset(sender);
        })) {
            assertThat(run.send(receiver)).isEqualTo(ExitStatus.NETWORK);
        }
    }

    @Test
    void doesNotWaitForEverForOk() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedReceiver receiver = ScriptedReceiver.playing(sender -> over.await())) {
            SendRequest request = Requests.classic(receiver.endpoint(), Duration.ofMillis(300), file);
            run.assertStopped(
                    run.sender(request).run(),
                    ErrorCode.TIMEOUT,
                    receiver.endpoint() + ": waited 300 ms in all for 'ok'");
            over.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "conten", "content!", "CONTENT"})
    void neverEndsProperlyIfTheFileChangedWhileItWasSent(String changed) throws Exception {
        try (ScriptedReceiver receiver = takingTheName(sender -> {
            Files.writeString(file, changed);
            say(sender, "ok");
            expectReset(sender);
        })) {
            assertThat(run.send(receiver)).isEqualTo(ExitStatus.LOCAL_FILE);
            receiver.awaitEnd();
        }
        assertThat(run.events().only(TransferEvent.Stopped.class).code()).isEqualTo(ErrorCode.SOURCE_CHANGED);
    }

    @Test
    void endsThoughTheFileGrowsAsFastAsItIsSent() throws Exception {
        try (ScriptedReceiver receiver = takingTheName(sender -> {
            Files.write(file, new byte[LARGE], StandardOpenOption.APPEND);
            say(sender, "ok");
            expectReset(sender);
        })) {
            assertThat(run.send(receiver)).isEqualTo(ExitStatus.LOCAL_FILE);
        }
        assertThat(run.events().only(TransferEvent.Finished.class).totals().moved())
                .isLessThan(LARGE / 2);
    }

    @Test
    void endsInAResetWhenItIsCancelled() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (ScriptedReceiver receiver = takingTheName(sender -> {
            begun.countDown();
            expectReset(sender);
        })) {
            Sender sender = run.sender(Requests.waiting(Requests.classic(receiver.endpoint(), file)));
            CompletableFuture<ExitStatus> status = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try {
                    status.complete(sender.run());
                } catch (TransferException e) {
                    status.completeExceptionally(e);
                }
            });
            begun.await();
            sender.cancel(ErrorCode.TERMINATED);
            assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(ExitStatus.TERMINATED);
            receiver.awaitEnd();
        }
    }

    private void makeLarge() throws Exception {
        Files.write(file, new byte[LARGE]);
    }
}
