package ferry.receive;

import static ferry.receive.TestDisk.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.net.Connection;
import ferry.wire.Frame;
import ferry.wire.FrameReader;
import ferry.wire.FrameTrace;
import ferry.wire.FrameWriter;
import ferry.wire.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A receiver with the memory that its launcher gives it, in a process of its own, and more hostile senders than that is for. */
@Timeout(180)
class CrowdedMemoryTest {
    private static final int HOSTILE = 200;

    @TempDir
    Path out;

    /** Receives into a folder until its standard input ends; says where it listens. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            Events events = new Events();
            Receiver receiver = new Receiver(
                    RunningReceiver.request(Path.of(arguments[0])),
                    PreparedAccess.ofAnybodyInPlain(events),
                    Channels.newChannel(System.out),
                    event -> {
                        events.on(event);
                        if (event instanceof TransferEvent.Listening listening) {
                            System.out.println(listening.port().orElseThrow());
                        }
                    });
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    System.in.read();
                    receiver.stop(ExitStatus.TERMINATED);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            receiver.run();
        }
    }

    private static Process start(Path out) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-XX:MaxDirectMemorySize=256m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        out.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void anHonestSenderGetsThroughWhileHundredsFillTheirCreditAndStop() throws Exception {
        Process process = start(out);
        List<Connection> hostile = new ArrayList<>();
        try (var said = process.inputReader(StandardCharsets.UTF_8)) {
            int port = Integer.parseInt(said.readLine());
            for (int i = 0; i < HOSTILE; i++) {
                Connection connection = connect(port);
                hostile.add(connection);
                Thread.ofVirtual().start(() -> fill(connection));
            }
            CompletableFuture<Void> honest = CompletableFuture.runAsync(() -> sendOneByOne(port, 20));
            await().atMost(Duration.ofSeconds(150)).until(() -> honest.isDone() || !process.isAlive());
            assertThat(process.isAlive()).as("it has not run out of memory").isTrue();
            honest.get(1, TimeUnit.SECONDS);
        } finally {
            hostile.forEach(Connection::abort);
            process.destroyForcibly().waitFor();
        }
        assertThat(Files.readString(out.resolve("honest-19"))).isEqualTo("content");
    }

    private static Connection connect(int port) throws IOException {
        return Connection.over(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    /** Offers all that its credit allows, of files whose content never comes, and reads no answers. */
    private static void fill(Connection connection) {
        try {
            FrameWriter writer = new FrameWriter(connection, FrameWriter.LARGE_BATCH, FrameTrace.OFF);
            writer.writePreface();
            writer.write(ScriptedFerrySender.hello(1, 1, Duration.ofMinutes(10)));
            String folder = "x".repeat(60);
            for (int i = 0; i < ReceiveSession.CREDIT; i++) {
                writer.write(Frame.Offer.of(i, file(folder + "/" + i, 100_000)));
            }
            writer.flush();
        } catch (IOException e) {
            // It was made to leave.
        }
    }

    private static void sendOneByOne(int port, int count) {
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        try (Connection connection = connect(port)) {
            FrameWriter writer = new FrameWriter(connection, FrameWriter.LARGE_BATCH, FrameTrace.OFF);
            FrameReader reader = new FrameReader(connection, Side.RECEIVER, FrameTrace.OFF);
            writer.writePreface();
            writer.write(ScriptedFerrySender.hello(1, 1, Duration.ofMinutes(10)));
            for (int i = 0; i < count; i++) {
                writer.write(Frame.Offer.of(i, file("honest-" + i, content.length)));
                writer.writeData(i, 0, ScriptedFerrySender.crc(content), ByteBuffer.wrap(content));
                writer.write(new Frame.End(i, content.length, ScriptedFerrySender.crc(content)));
                writer.flush();
                Frame answer = reader.next();
                while (!(answer instanceof Frame.Receipt)) {
                    answer = reader.next();
                }
            }
        } catch (IOException | TransferException e) {
            throw new IllegalStateException(e);
        }
    }
}
