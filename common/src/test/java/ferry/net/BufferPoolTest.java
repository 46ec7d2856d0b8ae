package ferry.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BufferPoolTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        "0, 16",
        "16384, 16",
        "65535, 16",
        "65536, 64",
        "262143, 64",
        "262144, 256",
        "1048576, 1024",
        "9999999, 1024"
    })
    void lendsTheLargestUpToTheWish(int preferred, int kibibytes) {
        ByteBuffer buffer = new BufferPool(64L * MIB).borrow(preferred);
        assertThat(buffer.isDirect()).isTrue();
        assertThat(buffer.capacity()).isEqualTo(kibibytes * KIB);
        assertThat(buffer.remaining()).isEqualTo(buffer.capacity());
    }

    @Test
    void aBufferIsUsedAgainAndCleared() {
        BufferPool pool = new BufferPool(4L * MIB);
        ByteBuffer first = pool.borrow(MIB);
        first.position(7).limit(9);
        pool.release(first);
        assertThat(pool.borrow(MIB)).isSameAs(first);
        assertThat(first.remaining()).isEqualTo(MIB);
    }

    @Test
    void whoComesLateGetsLessAndNobodyGetsNothing() {
        BufferPool pool = new BufferPool(4L * MIB);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sizes.add(pool.borrow(MIB).capacity() / KIB);
        }
        assertThat(sizes.subList(0, 2)).containsOnly(1024);
        assertThat(sizes.subList(2, 6)).containsOnly(256);
        assertThat(sizes.subList(6, 22)).containsOnly(64);
        assertThat(sizes.subList(22, 40)).containsOnly(16);
        assertThat(pool.lentBytes()).isEqualTo(4L * MIB + 18 * BufferPool.MIN_BYTES);
    }

    @Test
    void idleBuffersOfAnotherSizeMakeRoom() {
        BufferPool pool = new BufferPool(2L * MIB);
        ByteBuffer large = pool.borrow(MIB);
        assertThat(large.capacity()).isEqualTo(MIB);
        pool.release(large);
        List<ByteBuffer> middling = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            middling.add(pool.borrow(256 * KIB));
        }
        assertThat(middling).allMatch(buffer -> buffer.capacity() == 256 * KIB);
        middling.forEach(pool::release);
        assertThat(pool.borrow(MIB).capacity()).isEqualTo(MIB);
        assertThat(pool.lentBytes()).isEqualTo(MIB);
    }

    @Test
    void whatWasGivenBeyondTheBudgetIsNotKept() {
        BufferPool pool = new BufferPool(BufferPool.MIN_BYTES);
        ByteBuffer within = pool.borrow(0);
        ByteBuffer beyond = pool.borrow(0);
        pool.release(beyond);
        pool.release(within);
        assertThat(pool.borrow(0)).isSameAs(within);
        assertThat(pool.borrow(0)).isNotSameAs(beyond);
    }

    @Test
    void aBufferIsNeverTakenBackTwice() {
        BufferPool pool = new BufferPool(MIB);
        ByteBuffer buffer = pool.borrow(0);
        pool.release(buffer);
        assertThatIllegalStateException().isThrownBy(() -> pool.release(buffer));
        assertThatIllegalStateException().isThrownBy(() -> pool.release(ByteBuffer.allocateDirect(16 * KIB)));
    }

    @Test
    void noTwoThreadsEverHoldTheSameBuffer() throws Exception {
        BufferPool pool = new BufferPool(2L * MIB);
        long seed = new SplittableRandom().nextLong();
        SplittableRandom seeds = new SplittableRandom(seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> users = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                SplittableRandom random = seeds.split();
                users.add(threads.submit(() -> useAndCheck(pool, random)));
            }
            for (Future<?> user : users) {
                user.get();
            }
        }
        assertThat(pool.lentBytes()).as("seed %s", seed).isZero();
    }

    private static void useAndCheck(BufferPool pool, SplittableRandom random) {
        for (int i = 0; i < 500; i++) {
            ByteBuffer buffer = pool.borrow(random.nextInt(2 * MIB));
            long mark = random.nextLong();
            buffer.putLong(0, mark);
            // Others come in between.
            LockSupport.parkNanos(1);
            assertThat(buffer.getLong(0)).isEqualTo(mark);
            pool.release(buffer);
        }
    }
}
