package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DiskPoolTest {
    private final ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();

    private DiskPool pool(int threads) {
        return DiskPool.open(threads, (_, fault) -> faults.add(fault));
    }

    @Test
    void runsAsManyStepsAtOnceAsItHasThreads() throws Exception {
        try (DiskPool pool = pool(4)) {
            CountDownLatch all = new CountDownLatch(4);
            for (int i = 0; i < 4; i++) {
                pool.execute(() -> {
                    all.countDown();
                    await(all);
                });
            }
            assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void handingInNeverWaitsEvenFromAStep() throws Exception {
        AtomicInteger left = new AtomicInteger(100_000);
        CountDownLatch done = new CountDownLatch(1);
        try (DiskPool pool = pool(1)) {
            Runnable step = new Runnable() {
                @Override
                public void run() {
                    if (left.decrementAndGet() > 0) {
                        pool.execute(this);
                    } else {
                        done.countDown();
                    }
                }
            };
            pool.execute(step);
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closingRunsWhatWasHandedInAndInterruptsNobody() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicInteger ran = new AtomicInteger();
        DiskPool pool = pool(2);
        for (int i = 0; i < 20; i++) {
            pool.execute(() -> {
                await(release);
                ran.incrementAndGet();
                interrupted.compareAndSet(false, Thread.interrupted());
            });
        }
        Thread closer = Thread.ofPlatform().start(pool::close);
        closer.interrupt();
        release.countDown();
        join(closer);
        assertThat(ran).hasValue(20);
        assertThat(interrupted).isFalse();
        pool.execute(ran::incrementAndGet);
        assertThat(ran).hasValue(20);
        assertThat(faults).isEmpty();
    }

    @Test
    void closingWaitsNoLongerThanItsPatienceForAStepThatIsStuck() {
        CountDownLatch release = new CountDownLatch(1);
        DiskPool pool = pool(1);
        pool.execute(() -> await(release));
        pool.patience(Duration.ofMillis(50));
        pool.close();
        assertThat(pool.isQuiet()).as("the step may still write").isFalse();
        release.countDown();
    }

    @Test
    void isQuietOnceItsThreadsHaveEnded() {
        DiskPool pool = pool(2);
        pool.execute(() -> {});
        assertThat(pool.isQuiet()).isFalse();
        pool.close();
        assertThat(pool.isQuiet()).isTrue();
    }

    @Test
    void aThreadApartThatIsStuckIsNotQuietEither() {
        CountDownLatch release = new CountDownLatch(1);
        DiskPool pool = pool(1);
        pool.executeApart("apart", () -> await(release));
        pool.patience(Duration.ofMillis(50));
        pool.close();
        assertThat(pool.isQuiet()).as("it may still write").isFalse();
        release.countDown();
    }

    @Test
    void closingWaitsForThreadsApartAndLetsNoFurtherOnesBegin() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        DiskPool pool = pool(1);
        pool.executeApart("apart", () -> {
            await(release);
            ran.incrementAndGet();
        });
        Thread closer = Thread.ofPlatform().start(pool::close);
        Awaitility.await().until(() -> closer.getState() == Thread.State.TIMED_WAITING);
        assertThat(ran).hasValue(0);
        release.countDown();
        join(closer);
        assertThat(ran).hasValue(1);
        assertThat(pool.isQuiet()).isTrue();
        pool.executeApart("late", ran::incrementAndGet);
        assertThat(ran).hasValue(1);
    }

    @Test
    void survivesAStepThatThrows() {
        DiskPool pool = pool(1);
        AtomicInteger ran = new AtomicInteger();
        pool.execute(() -> {
            throw new IllegalStateException("a fault of ours");
        });
        pool.execute(ran::incrementAndGet);
        pool.close();
        assertThat(ran).hasValue(1);
        // A thread tells of what has ended it when it is no longer the pool's.
        Awaitility.await().until(() -> !faults.isEmpty());
        assertThat(faults).singleElement().satisfies(fault -> assertThat(fault).hasMessage("a fault of ours"));
    }

    @Test
    void givesTheCallerWhatTheStepReturnsOrThrows() throws Exception {
        try (DiskPool pool = pool(1)) {
            assertThat(pool.call(() -> Thread.currentThread().getName())).startsWith("disk-");
            TransferException reason = new TransferException(ErrorCode.NO_SPACE, "file", "full");
            assertThatThrownBy(() -> pool.call(() -> {
                        throw reason;
                    }))
                    .isSameAs(reason);
        }
    }

    @Test
    void tellsACallerThatComesAfterItWasClosed() {
        DiskPool pool = pool(1);
        pool.close();
        assertThatThrownBy(() -> pool.call(() -> "never"))
                .isInstanceOfSatisfying(
                        TransferException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SHUTTING_DOWN));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
