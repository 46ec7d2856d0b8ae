package ferry.receive;

import ferry.error.ExitStatus;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;

/** A {@code receive} within the process of a test, on a thread of its own, which listens. Closing it stops it as SIGTERM does. */
public final class ReceiveRun implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> status = new CompletableFuture<>();
    private final Receiver receiver;

    private ReceiveRun(ReceiveCommand command, Map<String, String> environment, TransferListener listener)
            throws TransferException {
        TransferListener watching = event -> {
            if (event instanceof TransferEvent.Listening listening) {
                port.complete(listening.port().orElseThrow());
            }
            listener.on(event);
        };
        PreparedAccess access = new AccessPreparation(command.access(), environment, watching).run();
        receiver = new Receiver(command.request(), access, Channels.newChannel(new ByteArrayOutputStream()), watching);
    }

    /**
     * Starts it, and waits until it listens, which it must on one TCP port.
     *
     * @param environment where its folders are
     * @param arguments taken by their text
     */
    public static ReceiveRun start(Map<String, String> environment, TransferListener listener, Object... arguments)
            throws TransferException {
        ReceiveCommand command = new ReceiveCommand();
        new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        ReceiveRun run = new ReceiveRun(command, environment, listener);
        Thread.ofPlatform().name("receive").start(run::run);
        run.port.copy().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        return run;
    }

    private void run() {
        try {
            status.complete(receiver.run());
        } catch (TransferException | InterruptedException | RuntimeException | Error e) {
            status.completeExceptionally(e);
            port.completeExceptionally(e);
        }
    }

    public int port() {
        return port.join();
    }

    /** Stops it, and waits for its end; fails if it ended by an exception. */
    public ExitStatus stop() {
        receiver.stop(ExitStatus.TERMINATED);
        return status.copy().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        stop();
    }
}
