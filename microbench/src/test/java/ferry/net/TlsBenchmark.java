package ferry.net;

import ferry.trust.Identity;
import ferry.wire.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A connection over the loopback, plain and through TLS, whose other end reads on a thread of its own: an operation is a MiB. */
@State(Scope.Thread)
public class TlsBenchmark {
    private static final Duration LONG = Duration.ofMinutes(1);

    /** By what the connection is encrypted. */
    @Param({"none", "conscrypt", "jdk"})
    public String by = "none";

    private final ByteBuffer mebibyte = Bytes.random(1 << 20);
    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    private Optional<Connection> sender = Optional.empty();
    private Optional<Connection> receiver = Optional.empty();

    @Setup
    public void connect() throws Exception {
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            Connection near = Connection.over(SocketChannel.open(server.getLocalAddress()));
            SocketChannel accepted = server.accept();
            if (by.equals("none")) {
                sender = Optional.of(near);
                receiver = Optional.of(Connection.over(accepted));
            } else {
                Tls tls = Tls.of(
                        by.equals("jdk") ? TlsProvider.JDK : TlsProvider.CONSCRYPT,
                        Identity.of(Optional.empty()),
                        new TlsTrust.AnyKey());
                CompletableFuture<Connection> far = new CompletableFuture<>();
                threads.execute(() -> {
                    try {
                        far.complete(tls.accept(Connection.over(accepted), LONG));
                    } catch (Exception e) {
                        far.completeExceptionally(e);
                    }
                });
                sender = Optional.of(tls.connect(near, new Endpoint.Tcp("127.0.0.1", 1), LONG));
                receiver = Optional.of(far.get());
            }
        }
        Connection reading = receiver.orElseThrow();
        threads.execute(() -> drain(reading));
    }

    private static void drain(Connection connection) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        try {
            while (connection.read(buffer.clear()) >= 0) {
                // What comes is of no interest.
            }
        } catch (IOException e) {
            // The benchmark is over.
        }
    }

    @TearDown
    public void close() {
        sender.ifPresent(Connection::abort);
        receiver.ifPresent(Connection::abort);
        threads.shutdown();
    }

    @Benchmark
    public void sendAMebibyte() throws Exception {
        Connection connection = sender.orElseThrow();
        mebibyte.clear();
        while (mebibyte.hasRemaining()) {
            connection.write(mebibyte);
        }
    }
}
