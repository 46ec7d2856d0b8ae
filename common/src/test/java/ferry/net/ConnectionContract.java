package ferry.net;

import static ferry.net.Peers.LONG;
import static ferry.net.Peers.bytes;
import static ferry.net.Peers.readAll;
import static ferry.net.Peers.readText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ferry.error.ErrorCode;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every connection keeps to, whatever carries it. Each way of carrying has a class that inherits these tests. */
@Timeout(60)
abstract class ConnectionContract {
    private static final Duration SHORT = Duration.ofMillis(300);

    /** Blocking calls differ inside the JDK between the two kinds of thread. */
    enum ThreadKind {
        PLATFORM,
        VIRTUAL;

        ExecutorService executor() {
            return switch (this) {
                case PLATFORM -> Executors.newCachedThreadPool();
                case VIRTUAL -> Executors.newVirtualThreadPerTaskExecutor();
            };
        }
    }

    /** Two ends that are connected over TCP; the peer's is given with the socket that carries it. */
    record Ends(Connection ours, Connection theirs, SocketChannel theirSocket) {}

    Connection ours;
    Connection theirs;
    SocketChannel theirSocket;

    abstract Ends connect() throws Exception;

    @BeforeEach
    void open() throws Exception {
        Ends ends = connect();
        ours = ends.ours();
        theirs = ends.theirs();
        theirSocket = ends.theirSocket();
    }

    @AfterEach
    void close() throws IOException {
        ours.close();
        theirs.close();
    }

    @Test
    void knowsItsPeer() throws IOException {
        assertThat(ours.peer())
                .isEqualTo(Addresses.show(theirSocket.getLocalAddress()))
                .startsWith("127.0.0.1:");
        assertThat(ours.isLocal()).isTrue();
    }

    @Test
    void aPeerThatEndsItsStreamIsReadToItsEnd() throws IOException {
        theirs.write(bytes("all"));
        theirs.shutdownOutput();
        assertThat(readAll(ours)).isEqualTo("all");
        assertThat(ours.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    /** A refusal half-closes, and so may have whoever wrote the reason; a reset would destroy it. */
    @RepeatedTest(10)
    void mayBeEndedTwiceAndStillDrainsSoThatThePeerReadsWhy() throws Exception {
        theirs.write(bytes("more"));
        assertThat(ours.peek()).isEqualTo('m');
        ours.write(bytes("why"));
        ours.shutdownOutput();
        ours.shutdownOutput();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> refusal = threads.submit(() -> Refusal.closeAfterReason(ours));
            theirs.write(ByteBuffer.allocate(1 << 20));
            assertThat(ours.isOpen()).isTrue();
            assertThat(readAll(theirs)).isEqualTo("why");
            theirs.close();
            assertThat(refusal).succeedsWithin(LONG);
        }
        assertThat(ours.isOpen()).isFalse();
    }

    @Test
    void aResetIsNotAnEndOfStream() throws IOException {
        theirs.write(bytes("half"));
        assertThat(readText(ours, 4)).isEqualTo("half");
        theirs.abort();
        ConnectionLostException e = catchThrowableOfType(ConnectionLostException.class, () -> readAll(ours));
        assertThat(e).hasMessage(ours.peer() + ": the peer reset the connection");
        assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_LOST);
        assertThat(e.toTransferException()).hasMessage(e.getMessage()).hasCause(e);
    }

    @Test
    void aResetEndsABlockedReadToo() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> reader = threads.submit(() -> readAll(ours));
            theirs.abort();
            assertThat(reader).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    void anAbortIsAResetForThePeer() {
        ours.abort();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> theirs.read(ByteBuffer.allocate(1)))
                .withMessageContaining("reset");
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> ours.read(ByteBuffer.allocate(1)));
    }

    @Test
    void writingToAPeerThatIsGoneSaysSo() throws IOException {
        theirs.close();
        ConnectionLostException e = catchThrowableOfType(ConnectionLostException.class, () -> {
            while (true) {
                ours.write(bytes("is anybody there"));
            }
        });
        assertThat(e.getMessage()).startsWith(ours.peer() + ": the peer ");
    }

    @ParameterizedTest
    @EnumSource
    void aSilentPeerIsGivenUpWithTheStateNamed(ThreadKind kind) throws Exception {
        ours.silenceLimit(SHORT, "HELLO");
        try (ExecutorService threads = kind.executor()) {
            long start = System.nanoTime();
            Future<String> reader = threads.submit(() -> readAll(ours));
            ours.silenceLimit(SHORT, "WELCOME");
            ConnectionTimeoutException e = timeoutOf(reader);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT);
            assertThat(e).hasMessage(ours.peer() + ": waited 300 ms for WELCOME");
            assertThat(e.state()).isEqualTo("WELCOME");
            assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT);
        }
        assertThat(ours.isOpen()).isFalse();
        assertThatExceptionOfType(ConnectionTimeoutException.class).isThrownBy(() -> ours.write(bytes("x")));
        // The peer must not take the end of our patience for the end of a file.
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> theirs.read(ByteBuffer.allocate(1)));
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatTakesNothingIsGivenUp(ThreadKind kind) throws Exception {
        ours.silenceLimit(SHORT, "receipts");
        try (ExecutorService threads = kind.executor()) {
            Future<?> writer = threads.submit(() -> {
                ByteBuffer megabyte = ByteBuffer.allocateDirect(1 << 20);
                while (true) {
                    ours.write(megabyte.clear());
                }
            });
            assertThat(timeoutOf(writer)).hasMessage(ours.peer() + ": took no bytes for 300 ms (waiting for receipts)");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatTakesALittleNowAndThenIsNotGivenUp(ThreadKind kind) throws Exception {
        // Not smaller than a segment of the loopback device: such windows open five times a second at most.
        theirSocket.setOption(StandardSocketOptions.SO_RCVBUF, 128 * 1024);
        Duration limit = Duration.ofSeconds(1);
        ours.silenceLimit(limit, "receipts");
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = kind.executor()) {
            Future<Integer> writer = threads.submit(() -> {
                ByteBuffer much = ByteBuffer.allocateDirect(12 << 20);
                int written = ours.write(much);
                stop.set(true);
                return written;
            });
            ByteBuffer piece = ByteBuffer.allocate(1 << 20);
            long start = System.nanoTime();
            await().pollInterval(Duration.ofMillis(150)).atMost(LONG).until(() -> {
                fill(piece.clear());
                return stop.get();
            });
            assertThat(writer.get()).isEqualTo(12 << 20);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(limit);
        }
    }

    private void fill(ByteBuffer piece) throws IOException {
        while (piece.hasRemaining() && theirs.read(piece) > 0 && piece.position() < piece.capacity() / 2) {}
    }

    @Test
    void aPeerThatDripsBytesMeetsTheDeadline() throws Exception {
        ours.silenceLimit(LONG, "HELLO");
        ours.deadline(Duration.ofSeconds(1), "HELLO");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> reader = threads.submit(() -> readAll(ours));
            await().pollInterval(Duration.ofMillis(50)).atMost(LONG).until(() -> {
                if (!reader.isDone()) {
                    drip();
                }
                return reader.isDone();
            });
            assertThat(timeoutOf(reader)).hasMessage(ours.peer() + ": waited 1 s in all for HELLO");
        }
    }

    private void drip() {
        try {
            theirs.write(bytes("."));
        } catch (IOException e) {
            // Given up between our looking and our writing.
        }
    }

    @Test
    void aDeadlineThatWasMetIsForgotten() throws Exception {
        ours.deadline(SHORT, "HELLO");
        ours.clearDeadline();
        theirs.write(bytes("a"));
        await().pollDelay(SHORT.multipliedBy(2)).until(() -> true);
        assertThat(readText(ours, 1)).isEqualTo("a");
    }

    @Test
    void nothingCountsWhileTheOwnerIsBusyElsewhere() throws Exception {
        ours.silenceLimit(SHORT, "DATA");
        theirs.write(bytes("ab"));
        assertThat(readText(ours, 1)).isEqualTo("a");
        await().pollDelay(SHORT.multipliedBy(3)).until(() -> true);
        assertThat(readText(ours, 1)).isEqualTo("b");
    }

    @Test
    void peekingConsumesNothing() throws IOException {
        theirs.write(ByteBuffer.wrap(new byte[] {(byte) 0xfe, 'b', 'c'}));
        assertThat(ours.peek()).isEqualTo(0xfe);
        assertThat(ours.peek()).isEqualTo(0xfe);
        ByteBuffer all = ByteBuffer.allocate(3);
        assertThat(ours.read(ByteBuffer.allocate(0))).isZero();
        while (all.hasRemaining()) {
            assertThat(ours.read(all)).isPositive();
        }
        assertThat(all.array()).containsExactly(0xfe, 'b', 'c');
        theirs.shutdownOutput();
        assertThat(ours.peek()).isEqualTo(-1);
        assertThat(ours.peek()).isEqualTo(-1);
        assertThat(ours.read(all.clear())).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void aTimedReadLeavesTheConnectionUsable(ThreadKind kind) throws Exception {
        try (ExecutorService threads = kind.executor()) {
            threads.submit(() -> {
                        ByteBuffer buffer = ByteBuffer.allocate(8);
                        Duration patience = Duration.ofMillis(50);
                        assertThat(ours.read(buffer, patience)).isZero();
                        theirs.write(bytes("abc"));
                        assertThat(ours.peek()).isEqualTo('a');
                        while (buffer.position() < 3) {
                            assertThat(ours.read(buffer, LONG)).isPositive();
                        }
                        assertThat(buffer.slice(0, 3)).isEqualTo(bytes("abc"));
                        assertThat(ours.read(buffer, patience)).isZero();
                        theirs.write(bytes("d"));
                        assertThat(ours.read(buffer)).isEqualTo(1);
                        ours.write(bytes("still here"));
                        theirs.shutdownOutput();
                        assertThat(ours.read(buffer, LONG)).isEqualTo(-1);
                        assertThat(readText(theirs, 10)).isEqualTo("still here");
                        return true;
                    })
                    .get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGatheringWriteWritesAllOfItInOrder(ThreadKind kind) throws Exception {
        ByteBuffer large = ByteBuffer.allocateDirect(8 << 20);
        for (int i = 0; i < large.capacity(); i++) {
            large.put(i, (byte) ((i * 31) >>> 3));
        }
        ByteBuffer[] parts = {
            bytes("skipped"), bytes("head"), large.duplicate(), bytes(""), bytes("tail"), bytes("skipped")
        };
        ByteBuffer received = ByteBuffer.allocateDirect(large.capacity() + 8);
        try (ExecutorService threads = kind.executor()) {
            Future<Long> writer = threads.submit(() -> ours.write(parts, 1, 4));
            while (received.hasRemaining()) {
                assertThat(theirs.read(received)).isPositive();
            }
            assertThat(writer.get()).isEqualTo(large.capacity() + 8);
        }
        assertThat(received.slice(4, large.capacity())).isEqualTo(large);
        assertThat(received.slice(4 + large.capacity(), 4)).isEqualTo(bytes("tail"));
    }

    private static ConnectionTimeoutException timeoutOf(Future<?> future) {
        await().atMost(LONG).until(future::isDone);
        assertThat(future.state()).isEqualTo(Future.State.FAILED);
        assertThat(future.exceptionNow()).isInstanceOf(ConnectionTimeoutException.class);
        return (ConnectionTimeoutException) future.exceptionNow();
    }
}
