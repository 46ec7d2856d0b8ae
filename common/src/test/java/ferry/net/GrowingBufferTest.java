package ferry.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowingBufferTest {
    private final BufferPool pool = new BufferPool(8L << 20);

    @Test
    void growsWhileThePeerFillsIt() {
        try (GrowingBuffer growing = new GrowingBuffer(pool)) {
            assertThat(growing.buffer().capacity()).isEqualTo(16 << 10);
            deliverFull(growing, 1);
            assertThat(growing.buffer().capacity()).isEqualTo(16 << 10);
            deliverFull(growing, 1);
            assertThat(growing.buffer().capacity()).isEqualTo(64 << 10);
            deliverFull(growing, 100);
            assertThat(growing.buffer().capacity()).isEqualTo(1 << 20);
            assertThat(pool.lentBytes()).isEqualTo(1 << 20);
        }
        assertThat(pool.lentBytes()).isZero();
    }

    @Test
    void aSlowPeerLosesItsLargeBuffer() {
        try (GrowingBuffer growing = new GrowingBuffer(pool)) {
            deliverFull(growing, 6);
            assertThat(growing.buffer().capacity()).isEqualTo(1 << 20);
            IntStream.range(0, 48).forEach(i -> growing.delivered(1000));
            assertThat(growing.buffer().capacity()).isEqualTo(16 << 10);
        }
    }

    @Test
    void aPeerInTheMiddleKeepsWhatItHas() {
        try (GrowingBuffer growing = new GrowingBuffer(pool)) {
            deliverFull(growing, 2);
            IntStream.range(0, 1000).forEach(i -> growing.delivered(30_000));
            assertThat(growing.buffer().capacity()).isEqualTo(64 << 10);
        }
    }

    @Test
    void growsLaterWhenThePoolHadNothing() {
        BufferPool small = new BufferPool(96 << 10);
        ByteBuffer other = small.borrow(64 << 10);
        try (GrowingBuffer growing = new GrowingBuffer(small)) {
            deliverFull(growing, 10);
            assertThat(growing.buffer().capacity()).isEqualTo(16 << 10);
            small.release(other);
            deliverFull(growing, 64);
            assertThat(growing.buffer().capacity()).isEqualTo(64 << 10);
        }
        assertThat(small.lentBytes()).isZero();
    }

    private static void deliverFull(GrowingBuffer growing, int times) {
        for (int i = 0; i < times; i++) {
            growing.delivered(growing.buffer().capacity());
        }
    }
}
