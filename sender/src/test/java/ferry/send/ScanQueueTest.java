package ferry.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ferry.entry.RelativePath;
import ferry.error.TransferException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScanQueueTest {
    private final ScanQueue queue = new ScanQueue();

    @Test
    void givesEntriesInOrderAndThenTheEnd() throws Exception {
        queue.put(entry("a"));
        queue.put(entry("b"));
        queue.finish();
        assertThat(queue.take()).isEqualTo(found("a"));
        assertThat(queue.take()).isEqualTo(found("b"));
        assertThat(queue.take()).isEqualTo(new ScanSource.Next.End());
        assertThat(queue.take()).isEqualTo(new ScanSource.Next.End());
    }

    @Test
    void letsTheScanRunAheadBySoMuchAndNoFurther() throws Exception {
        AtomicInteger put = new AtomicInteger();
        CompletableFuture<Void> scan = CompletableFuture.runAsync(() -> IntStream.range(0, 3 * ScanQueue.CAPACITY)
                .forEach(i -> {
                    queue.put(entry("f" + i));
                    put.incrementAndGet();
                }));
        await().until(() -> put.get() == ScanQueue.CAPACITY);
        for (int i = 0; i < 3 * ScanQueue.CAPACITY; i++) {
            assertThat(queue.take()).isEqualTo(found("f" + i));
            assertThat(put.get()).isLessThanOrEqualTo(i + 1 + ScanQueue.CAPACITY);
        }
        scan.get();
    }

    @Test
    void freesBothSidesWhenItIsClosed() throws Exception {
        CompletableFuture<Void> scan = CompletableFuture.runAsync(
                () -> IntStream.range(0, 2 * ScanQueue.CAPACITY).forEach(i -> queue.put(entry("f" + i))));
        queue.close();
        scan.get();
        assertThat(queue.take()).isEqualTo(new ScanSource.Next.End());
        assertThat(queue.isClosed()).isTrue();
        queue.finish();
        assertThat(queue.isClosed()).isTrue();
    }

    @Test
    void tellsWhoeverTakesThatTheScanBroke() {
        IllegalStateException fault = new IllegalStateException("broken");
        queue.fail(fault);
        assertThatThrownBy(queue::take)
                .isInstanceOf(IllegalStateException.class)
                .hasCause(fault);
    }

    private static ScanSource.Next found(String name) {
        return new ScanSource.Next.Found(entry(name));
    }

    private static SourceEntry entry(String name) {
        try {
            return SourceEntry.StandardInput.named(RelativePath.parse(name));
        } catch (TransferException e) {
            throw new AssertionError(e);
        }
    }
}
