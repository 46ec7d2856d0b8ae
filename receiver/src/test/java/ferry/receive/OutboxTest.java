package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.Reason;
import ferry.wire.Side;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class OutboxTest {
    /** More answers than any pipe holds. */
    private static final int MANY = 200_000;

    private static final Duration SOON = Duration.ofSeconds(5);

    private final AtomicInteger aborted = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private Pipe pipe;
    private Outbox outbox;
    private FrameReader peer;

    @BeforeEach
    void start() throws Exception {
        pipe = Pipe.open();
        FrameWriter writer = new FrameWriter(pipe.sink(), FrameWriter.SMALL_BATCH, FrameTrace.OFF);
        outbox = new Outbox(writer, Duration.ofSeconds(30), new Outbox.Ending() {
            @Override
            public void aborted() {
                aborted.incrementAndGet();
            }

            @Override
            public void broken() {
                broken.incrementAndGet();
            }
        });
        outbox.start();
        peer = new FrameReader(pipe.source(), Side.RECEIVER, FrameTrace.OFF);
    }

    @AfterEach
    void stop() throws Exception {
        pipe.source().close();
        outbox.close(SOON);
        pipe.sink().close();
    }

    private void openTheStream() throws Exception {
        outbox.add(new Frame.KeepAlive());
        assertThat(peer.next()).isEqualTo(new Frame.KeepAlive());
    }

    @Test
    void neverHoldsUpWhoeverAddsForAPeerThatDoesNotRead() {
        AtomicInteger taken = new AtomicInteger();
        for (int i = 0; i < MANY; i++) {
            outbox.add(new Frame.Stored(i), taken::incrementAndGet);
        }
        assertThat(taken.get()).as("answers taken").isLessThan(MANY);
    }

    @Test
    void holdsUpWhoeverAddsMoreThanCreditBoundsForAPeerThatDoesNotRead() throws Exception {
        openTheStream();
        AtomicInteger added = new AtomicInteger();
        CompletableFuture<Void> adder = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < MANY; i++) {
                outbox.addPaced(new Frame.Stored(i));
                added.incrementAndGet();
            }
        });
        await().during(Duration.ofMillis(200)).until(() -> added.get() < MANY / 2 && !adder.isDone());
        for (int i = 0; i < MANY; i++) {
            assertThat(peer.next()).isEqualTo(new Frame.Stored(i));
        }
        adder.get(5, TimeUnit.SECONDS);
    }

    @Test
    void letsGoWhoeverWaitsWhenThePeerIsGone() throws Exception {
        CompletableFuture<Void> adder = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < MANY; i++) {
                outbox.addPaced(new Frame.Stored(i));
            }
        });
        pipe.source().close();
        adder.get(5, TimeUnit.SECONDS);
        await().untilAsserted(() -> assertThat(broken.get()).isEqualTo(1));
        outbox.close(SOON);
        assertThat(aborted.get()).isZero();
    }

    @Test
    void saysThatItIsAliveWhenThereIsNothingElseToSay() throws Exception {
        outbox.keepAlive(Duration.ofMillis(50));
        openTheStream();
        assertThat(peer.next()).isEqualTo(new Frame.KeepAlive());
        assertThat(peer.next()).isEqualTo(new Frame.KeepAlive());
        outbox.add(new Frame.Stored(7));
        Frame frame = peer.next();
        while (frame instanceof Frame.KeepAlive) {
            frame = peer.next();
        }
        assertThat(frame).isEqualTo(new Frame.Stored(7));
    }

    @Test
    void writesWhatWasAddedBeforeAnAbortAndNothingAfterIt() throws Exception {
        openTheStream();
        Reason reason = new Reason(ErrorCode.SHUTTING_DOWN, "it is stopping");
        outbox.add(new Frame.Stored(1));
        outbox.abort(reason);
        outbox.add(new Frame.Stored(2));
        outbox.close(SOON);
        pipe.sink().close();
        assertThat(peer.next()).isEqualTo(new Frame.Stored(1));
        assertThat(peer.next()).isEqualTo(new Frame.Abort(reason));
        assertThat(pipe.source().read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(aborted.get()).isEqualTo(1);
        assertThat(broken.get()).isZero();
    }

    @Test
    void writesWhatWasAddedBeforeItIsClosed() throws Exception {
        openTheStream();
        outbox.add(new Frame.Stored(1));
        outbox.close(SOON);
        assertThat(peer.next()).isEqualTo(new Frame.Stored(1));
    }
}
