package ferry.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.AcceptOptions;
import ferry.net.Endpoint;
import ferry.receive.ReceiveRequest.Destination;
import ferry.receive.ReceiveRequest.Lifetime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A receiver in this process that listens on a free loopback port, on a thread of its own. */
final class RunningReceiver implements AutoCloseable {
    private final Events events;
    private final Receiver receiver;
    private final CompletableFuture<ExitStatus> status = new CompletableFuture<>();

    /** Who may send, told what the receiver tells its own events to. */
    @FunctionalInterface
    interface Rules {
        PreparedAccess of(TransferListener listener) throws TransferException;
    }

    private RunningReceiver(ReceiveRequest request, PreparedAccess access, WritableByteChannel output, Events events) {
        this.events = events;
        this.receiver = new Receiver(request, access, output, events);
    }

    /** One to which not everybody may send. */
    static RunningReceiver start(ReceiveRequest request, Rules rules) throws TransferException {
        Events events = new Events();
        return start(request, rules.of(events), Channels.newChannel(new ByteArrayOutputStream()), events);
    }

    /** One that puts files into this folder until it is closed. */
    static RunningReceiver into(Path folder) {
        return start(request(folder));
    }

    /** One that writes to this stream. */
    static RunningReceiver onto(ByteArrayOutputStream output) {
        return start(requestTo(new Destination.StandardOutput(), Lifetime.ONE_TRANSFER), Channels.newChannel(output));
    }

    static RunningReceiver start(ReceiveRequest request) {
        return start(request, Channels.newChannel(new ByteArrayOutputStream()));
    }

    static RunningReceiver start(ReceiveRequest request, WritableByteChannel output) {
        Events events = new Events();
        return start(request, PreparedAccess.ofAnybodyInPlain(events), output, events);
    }

    private static RunningReceiver start(
            ReceiveRequest request, PreparedAccess access, WritableByteChannel output, Events events) {
        RunningReceiver running = new RunningReceiver(request, access, output, events);
        Thread.ofPlatform().name("receiver").start(running::run);
        await().until(() -> running.status.isDone()
                || running.events.of(TransferEvent.Listening.class).size()
                        == request.endpoints().size());
        assertThat(running.status).as("it listens").isNotDone();
        return running;
    }

    static ReceiveRequest request(Path folder) {
        return request(folder, ConflictPolicy.RENAME, Lifetime.UNTIL_STOPPED);
    }

    static ReceiveRequest request(Path folder, ConflictPolicy policy, Lifetime lifetime) {
        return requestTo(
                new Destination.Folder(folder, policy, SyncPolicy.FSYNC, false, StagingOptions.DEFAULT), lifetime);
    }

    static ReceiveRequest requestTo(Destination destination, Lifetime lifetime) {
        return new ReceiveRequest(
                destination,
                List.of(new Endpoint.Tcp("127.0.0.1", 0)),
                lifetime,
                AcceptOptions.DEFAULT,
                OptionalLong.empty(),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20));
    }

    private void run() {
        try {
            status.complete(receiver.run());
        } catch (TransferException | InterruptedException | RuntimeException | Error e) {
            status.completeExceptionally(e);
        }
    }

    Events events() {
        return events;
    }

    /** The port where it listens, the first if there are several. */
    int port() {
        return events.of(TransferEvent.Listening.class).getFirst().port().orElseThrow();
    }

    Endpoint endpoint() {
        return new Endpoint.Tcp("127.0.0.1", port());
    }

    /** A sender's end of a new connection. */
    ScriptedSender connect() throws IOException {
        return ScriptedSender.to(port());
    }

    void stop(ExitStatus signal) {
        receiver.stop(signal);
    }

    /** Waits until it has ended by itself. */
    ExitStatus awaitEnd() throws InterruptedException, TimeoutException, ExecutionException {
        return status.get(20, TimeUnit.SECONDS);
    }

    boolean hasEnded() {
        return status.isDone();
    }

    /** Stops it as SIGTERM does; fails if it has ended by an exception. */
    @Override
    public void close() {
        receiver.stop(ExitStatus.TERMINATED);
        status.copy().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
