package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DiskShortcutTest {
    private long now = Long.MAX_VALUE - 5; // A clock may begin anywhere, and pass its end.
    private int ran;

    private DiskShortcut shortcut(int most) {
        return new DiskShortcut(most, () -> now);
    }

    private void quickStep() {
        ran++;
    }

    private void stepOf(Duration time) {
        ran++;
        now += time.toNanos();
    }

    @Test
    void runsOnTheCallersThread() {
        Thread[] by = new Thread[1];

        assertThat(shortcut(1).tryRun(() -> by[0] = Thread.currentThread())).isTrue();

        assertThat(by[0]).isSameAs(Thread.currentThread());
    }

    @Test
    void onlySoManyRunAtATime() {
        DiskShortcut two = shortcut(2);

        assertThat(two.tryRun(() -> {
                    assertThat(two.tryRun(() ->
                                    assertThat(two.tryRun(this::quickStep)).isFalse()))
                            .isTrue();
                    assertThat(two.tryRun(this::quickStep)).isTrue();
                }))
                .isTrue();
        assertThat(ran).isEqualTo(1);
    }

    @Test
    void aSlowDiskIsLeftToThePoolForAWhile() {
        DiskShortcut shortcut = shortcut(1);

        assertThat(shortcut.tryRun(() -> stepOf(DiskShortcut.SLOW))).isTrue();
        assertThat(shortcut.tryRun(() -> stepOf(DiskShortcut.SLOW.plusNanos(1))))
                .isTrue();
        assertThat(shortcut.tryRun(this::quickStep)).isFalse();
        now += DiskShortcut.PAUSE.toNanos() - 1;
        assertThat(shortcut.tryRun(this::quickStep)).isFalse();
        now++;
        assertThat(shortcut.tryRun(this::quickStep)).isTrue();
        assertThat(ran).isEqualTo(3);
    }

    @Test
    void aStepThatThrowsLeavesItsPlace() {
        DiskShortcut shortcut = shortcut(1);

        assertThatThrownBy(() -> shortcut.tryRun(() -> {
                    throw new IllegalStateException("a fault");
                }))
                .hasMessage("a fault");

        assertThat(shortcut.tryRun(this::quickStep)).isTrue();
    }

    @Test
    void aMachineWithOneCoreHasNone() {
        assertThat(shortcut(0).tryRun(this::quickStep)).isFalse();
        assertThat(shortcut(0).close(Duration.ZERO)).isTrue();
    }

    @Test
    void closingWaitsForThoseWhoAreWriting() throws InterruptedException {
        DiskShortcut shortcut = shortcut(2);
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        Thread writer = Thread.ofVirtual()
                .start(() -> shortcut.tryRun(() -> {
                    writing.countDown();
                    await(written);
                }));
        await(writing);

        assertThat(shortcut.close(Duration.ofMillis(1))).isFalse();
        written.countDown();
        assertThat(shortcut.close(Duration.ofSeconds(30))).isTrue();
        assertThat(shortcut.tryRun(this::quickStep)).isFalse();
        writer.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
