package ferry.net;

import static ferry.net.Peers.LONG;
import static ferry.net.Peers.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.net.Peers.Pair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RefusalTest {
    private static final String REASON = "error: receiver: is full\n";

    @Test
    void aPeerThatIsStillSendingGetsTheReason() throws Exception {
        try (Pair pair = Pair.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // More than the system keeps for the reader, so that the peer is sending when it is refused.
            Future<?> refusing = threads.submit(() -> Refusal.refuse(pair.ours(), bytes(REASON)));
            ByteBuffer megabyte = ByteBuffer.allocateDirect(1 << 20);
            for (int i = 0; i < 12; i++) {
                writeAll(pair.theirs(), megabyte.clear());
            }
            assertThat(readAll(pair.theirs())).isEqualTo(REASON);
            pair.theirs().close();
            refusing.get();
            assertThat(pair.ours().isOpen()).isFalse();
        }
    }

    @Test
    void aPlainCloseWouldHaveLostTheReason() throws Exception {
        try (Pair pair = Pair.open()) {
            writeAll(pair.theirs(), ByteBuffer.allocateDirect(64 * 1024));
            assertThat(pair.ours().peek()).isZero();
            pair.ours().write(bytes(REASON));
            pair.ours().close();
            // What the peer sends now is answered with a reset, and its write fails though the reason is on its way.
            assertThat(fails(pair.theirs())).isTrue();
        }
    }

    @Test
    void aPeerThatNeverStopsIsDrainedOnlySoFar() throws Exception {
        try (Pair pair = Pair.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> refusing = threads.submit(() -> Refusal.refuse(pair.ours(), bytes(REASON)));
            assertThat(fails(pair.theirs())).isTrue();
            refusing.get();
        }
    }

    @Test
    void aPeerThatNeitherSendsNorLeavesIsLeft() throws Exception {
        try (Pair pair = Pair.open()) {
            long start = System.nanoTime();
            Refusal.refuse(pair.ours(), bytes(REASON));
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            assertThat(taken).isBetween(ferry.wire.Limits.DRAIN, LONG);
            assertThat(pair.ours().isOpen()).isFalse();
        }
    }

    private static boolean fails(SocketChannel channel) {
        ByteBuffer megabyte = ByteBuffer.allocateDirect(1 << 20);
        try {
            for (int i = 0; i < 256; i++) {
                writeAll(channel, megabyte.clear());
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void writeAll(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static String readAll(SocketChannel channel) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(1000);
        while (all.hasRemaining() && channel.read(all) >= 0) {}
        return new String(all.array(), 0, all.position(), StandardCharsets.US_ASCII);
    }
}
