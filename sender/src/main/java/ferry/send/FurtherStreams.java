package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferProgress;
import ferry.net.Connection;
import ferry.wire.FrameTrace;
import ferry.wire.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The further streams of a session: connects as many as are wanted, has them join once the receiver has welcomed the first, and
 * opens others for those that break, within bounds.
 *
 * <p>A thread of its own decides, and each stream has a platform thread. The monitor guards which there are, and is held for
 * a few instructions. {@link #start} and {@link #close} are for the thread of the first stream.
 */
final class FurtherStreams implements AutoCloseable {
    /** How soon to look whether the receiver has welcomed us, or has ended. */
    private static final Duration LOOK = Duration.ofMillis(20);

    /** So many are opened for each that is wanted, those that broke or were refused counted. */
    private static final int ATTEMPTS = 3;

    /** A limit below this many bytes a second makes one stream do. */
    private static final long LEAST_LIMIT = 1_000_000;

    /** After one of them. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Connection first;
    private final Transfer transfer;
    private final Ledger ledger;
    private final AnswerReader answers;
    private final CompressionPlan compression;
    private final FrameTrace trace;
    private final StreamPlan plan;
    private final Thread manager;

    /** By what the receiver lets streams join, once it has welcomed the first; empty if it never will. */
    private final CompletableFuture<Optional<Invitation>> invitation = new CompletableFuture<>();

    private final Map<Integer, Opened> streams = new TreeMap<>();
    private int attempts;
    private int told = 1;
    private boolean refused;
    private boolean hasJoined;
    private long failedAt;
    private boolean hasFailed;
    private boolean over;

    /** A stream, and the thread that it belongs to. */
    private static final class Opened {
        private final Thread thread;

        /** Null until it has joined. */
        private @Nullable FurtherStream stream;

        private boolean isDismissed;

        Opened(Thread thread) {
            this.thread = thread;
        }
    }

    FurtherStreams(
            Connection first,
            Transfer transfer,
            Ledger ledger,
            AnswerReader answers,
            CompressionPlan compression,
            FrameTrace trace) {
        this.first = first;
        this.transfer = transfer;
        this.ledger = ledger;
        this.answers = answers;
        this.compression = compression;
        this.trace = trace;
        this.plan = plan(first, transfer.request());
        this.manager = Thread.ofPlatform().daemon().name("ferry-streams").unstarted(this::manage);
    }

    /** Whether a session over this connection shall ask for further streams. */
    static boolean areOfUse(Connection first, SendRequest request) {
        // The SHA-256 of a whole needs its bytes in order. And what is to be slow needs no further streams: each would
        // wait
        // so long for its turn that it seemed dead.
        return !request.sha256()
                && request.bytesPerSecond().orElse(Long.MAX_VALUE) >= LEAST_LIMIT
                && plan(first, request).most() > 1;
    }

    private static StreamPlan plan(Connection first, SendRequest request) {
        // Within a machine a round trip takes long only while the machine is busy.
        return StreamPlan.of(request.streams(), first.isLocal() ? Duration.ZERO : first.roundTrip());
    }

    void start() {
        if (areOfUse(first, transfer.request())) {
            manager.start();
        }
    }

    /** Whether one of them is writing now, and so perhaps waits for the receiver to read. */
    synchronized boolean isWriting() {
        return streams.values().stream().anyMatch(one -> one.stream != null && one.stream.isWriting());
    }

    /** Ends them all at once, and waits for those that may be sending. Those that still connect find out by themselves. */
    @Override
    public void close() {
        List<Opened> open;
        synchronized (this) {
            over = true;
            open = new ArrayList<>(streams.values());
        }
        manager.interrupt();
        join(manager);
        for (Opened one : open) {
            FurtherStream stream = stream(one);
            if (stream != null) {
                stream.abort();
                join(one.thread);
            }
        }
    }

    private synchronized @Nullable FurtherStream stream(Opened one) {
        return one.stream;
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // The manager.

    private void manage() {
        try {
            // Connecting takes as long as being welcomed, and so goes on beside it.
            while (!answers.awaitWelcome(LOOK)) {
                if (ledger.fault().isPresent()) {
                    return;
                }
                adjust();
            }
            invitation.complete(answers.invitation());
            if (answers.invitation().isEmpty()) {
                transfer.report().streams(1, "the receiver takes no further ones");
                return;
            }
            while (!isOver()) {
                adjust();
                Thread.sleep(StreamPlan.LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            invitation.complete(Optional.empty());
        }
    }

    private synchronized boolean isOver() {
        return over;
    }

    private void adjust() {
        long writing;
        int open;
        synchronized (this) {
            writing = streams.values().stream()
                    .filter(one -> one.stream != null && one.stream.isWriting())
                    .count();
            open = (int)
                    streams.values().stream().filter(one -> !one.isDismissed).count();
        }
        TransferProgress.Sample sample = transfer.report().progress().sample();
        long moved = transfer.report().progress().wire();
        long left = sample.bytes() - sample.done();
        int wanted = invitation.isDone()
                ? plan.look(System.nanoTime(), moved, left, writing)
                : plan.prepare(System.nanoTime(), moved, left);
        for (int i = open + 1; i < wanted && mayOpen(wanted); i++) {
            open();
        }
        for (int i = open + 1; i > wanted; i--) {
            dismissOne();
        }
        if (wanted != told && invitation.isDone()) {
            told = wanted;
            transfer.report().streams(wanted, plan.reason());
        }
    }

    private synchronized boolean mayOpen(int wanted) {
        boolean isTooSoon = hasFailed && System.nanoTime() - failedAt < PAUSE.toNanos();
        return !over && !refused && !isTooSoon && attempts < ATTEMPTS * wanted;
    }

    private synchronized void open() {
        int number = 1;
        while (streams.containsKey(number)) {
            number++;
        }
        if (number >= Limits.MAX_STREAMS) {
            return;
        }
        attempts++;
        int free = number;
        // The one before with this number may have ended while it was being dismissed.
        ledger.forget(free);
        Thread thread =
                Thread.ofPlatform().daemon().name("ferry-stream-" + free).unstarted(() -> serve(free));
        streams.put(free, new Opened(thread));
        thread.start();
    }

    private void dismissOne() {
        int last = 0;
        synchronized (this) {
            for (Map.Entry<Integer, Opened> entry : streams.entrySet()) {
                if (!entry.getValue().isDismissed) {
                    last = entry.getKey();
                }
            }
            Opened one = streams.get(last);
            if (one == null) {
                return;
            }
            one.isDismissed = true;
        }
        ledger.dismiss(last);
    }

    // The thread of one stream.

    private void serve(int number) {
        try {
            Connection connection = transfer.further().connect(first);
            try (connection) {
                Optional<Invitation> invited = invitation.join();
                if (invited.isPresent()) {
                    serve(number, invited.get(), connection);
                }
            }
        } catch (TransferException e) {
            tell(number, e);
        } catch (IOException e) {
            // All was said.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ledger.forget(number);
            synchronized (this) {
                streams.remove(number);
            }
        }
    }

    private void serve(int number, Invitation invitation, Connection connection)
            throws TransferException, InterruptedException {
        FurtherStream stream = new FurtherStream(number, connection, invitation, transfer, ledger, compression, trace);
        try {
            stream.join();
        } catch (TransferException e) {
            synchronized (this) {
                // Where others have joined, it may only not know yet that the one before with this number has broken.
                refused |= !hasJoined && !e.code().retryable();
            }
            throw e;
        }
        if (!enter(number, stream)) {
            return;
        }
        ledger.joined(number);
        try {
            stream.run();
        } catch (TransferException e) {
            ledger.streamBroke(number, e);
            throw e;
        } catch (RuntimeException | Error e) {
            // A fault of ours, but what it was to send must not be waited for.
            ledger.streamBroke(number, new TransferException(ErrorCode.INTERNAL, "stream " + number, e.toString(), e));
            throw e;
        } finally {
            ledger.left(number);
        }
    }

    private synchronized boolean enter(int number, FurtherStream stream) {
        Opened one = streams.get(number);
        if (over || one == null) {
            return false;
        }
        one.stream = stream;
        hasJoined = true;
        return true;
    }

    private void tell(int number, TransferException problem) {
        synchronized (this) {
            hasFailed = true;
            failedAt = System.nanoTime();
        }
        if (!isOver() && ledger.fault().isEmpty()) {
            transfer.report().streams(told, "stream %d ended: %s".formatted(number, problem.getMessage()));
        }
    }
}
