package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.net.BufferPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stream may hold while the disk stands. */
@Timeout(60)
class WindowTest {
    private static final long BYTES = 4 << 20;

    private final BufferPool buffers = new BufferPool(64 << 20);
    private final Window window = new Window(buffers);

    /** Takes pieces until it has to wait; returns how many it got. */
    private static int takeAll(Window window, int wanted) {
        AtomicInteger taken = new AtomicInteger();
        Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    window.take(wanted);
                    taken.incrementAndGet();
                }
            } catch (InterruptedException e) {
                // It has waited long enough.
            }
        });
        await().until(() -> reader.getState() == Thread.State.WAITING);
        reader.interrupt();
        return taken.get();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 16 * 1024, 17 * 1024, 64 * 1024, 200_000, 1 << 20})
    void lendsNoMoreMemoryThanItHasHoweverLittleOfItIsFilled(int wanted) {
        int pieces = takeAll(window, wanted);

        assertThat(pieces).isGreaterThanOrEqualTo(4);
        assertThat(buffers.lentBytes()).isBetween(BYTES / 4, BYTES);
    }

    @Test
    void lendsAgainWhatWasGivenBack() throws InterruptedException {
        for (int round = 0; round < 100; round++) {
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                pieces.add(window.take(100));
            }
            pieces.forEach(Piece::release);
        }
        assertThat(buffers.lentBytes()).isZero();
    }
}
