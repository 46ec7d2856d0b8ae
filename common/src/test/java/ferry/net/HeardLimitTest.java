package ferry.net;

import static ferry.net.Peers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeardLimitTest {
    private static final Duration LIMIT = Duration.ofMillis(1500);

    private final AtomicInteger heard = new AtomicInteger();
    private Peers.Pair pair;
    private ExecutorService threads;
    private Future<?> reader;
    private Future<?> writer;

    @BeforeEach
    void fillTheConnection() throws IOException {
        pair = Peers.Pair.open();
        pair.ours().heardLimit(LIMIT, "the receiver's next frame");
        threads = Executors.newVirtualThreadPerTaskExecutor();
        reader = threads.submit(() -> {
            while (pair.ours().read(ByteBuffer.allocate(1)) > 0) {
                heard.incrementAndGet();
            }
            return null;
        });
        writer = threads.submit(() -> pair.ours().write(ByteBuffer.allocateDirect(64 << 20)));
    }

    @AfterEach
    void close() throws IOException {
        pair.close();
        threads.shutdownNow();
    }

    @Test
    void aWriteMayTakeAsLongAsThePeerIsHeard() throws Exception {
        long begin = System.nanoTime();
        await().atMost(LONG).pollInterval(LIMIT.dividedBy(4)).until(() -> {
            pair.theirs().write(ByteBuffer.wrap(new byte[] {1}));
            return System.nanoTime() - begin > 2 * LIMIT.toNanos();
        });
        assertThat(writer.isDone()).isFalse();
        assertThat(heard.get()).isGreaterThan(4);

        ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
        long taken = 0;
        while (taken < 64 << 20) {
            taken += pair.theirs().read(piece.clear());
        }
        assertThat(writer.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(64 << 20);
    }

    @Test
    void aPeerThatIsNoLongerHeardIsGivenUp() {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> reader.get(LONG.toSeconds(), TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOf(ConnectionTimeoutException.class)
                .withMessageEndingWith("waited 1500 ms for the receiver's next frame");
    }
}
