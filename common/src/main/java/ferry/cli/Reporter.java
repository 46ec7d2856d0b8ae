package ferry.cli;

import ferry.entry.Entry;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes events from any thread to those who print them, on a thread of its own: a terminal that was paused, or a pipe that
 * nobody reads, does not hold up a session. Only when {@value #CAPACITY} events wait does the next one wait too (a virtual
 * thread then parks); nothing is dropped, and memory stays bounded.
 */
final class Reporter implements TransferListener, AutoCloseable {
    private static final int CAPACITY = 4096;

    /** Having told all there was, the thread lets so much time pass: thousands of small files would else wake it for each. */
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final BlockingQueue<Optional<TransferEvent>> queue = new LinkedBlockingQueue<>(CAPACITY);
    private final Console console;
    private final TransferListener printers;
    private final @Nullable ProgressRenderer progress;
    private final Thread thread;
    private volatile boolean isClosed;

    /**
     * @param terminal asked only if a progress bar is wanted
     * @param receipt to be told what it is interested in as well; not closed
     */
    Reporter(
            Console console,
            CommonOptions options,
            Supplier<Optional<Terminal>> terminal,
            Optional<ReceiptWriter> receipt) {
        this.console = console;
        this.progress = progress(console, options, terminal);
        TransferListener words = printers(options);
        this.printers =
                receipt.map(writer -> TransferListener.all(writer, words)).orElse(words);
        this.thread = Thread.ofPlatform().name("reporter").daemon().start(this::tellAll);
    }

    private static @Nullable ProgressRenderer progress(
            Console console, CommonOptions options, Supplier<Optional<Terminal>> terminal) {
        return options.wantsProgress()
                ? terminal.get()
                        .map(found -> new ProgressRenderer(console, found, System::nanoTime))
                        .orElse(null)
                : null;
    }

    private TransferListener printers(CommonOptions options) {
        if (options.json()) {
            return TransferListener.all(
                    new JsonEventWriter(console, options.verbosity()), new ReportPrinter(console, Verbosity.QUIET));
        }
        TransferListener words = new ReportPrinter(console, options.verbosity());
        // The bar first: it is gone before the summary of the last transfer is printed.
        return progress == null
                ? TransferListener.all(words, this::printResult)
                : TransferListener.all(progress, words, this::printResult);
    }

    /** What {@code --dry-run}, {@code --fingerprint}, {@code --sha256} and the like were asked for, a line each. */
    private void printResult(TransferEvent event) {
        if (event instanceof TransferEvent.OwnKey own) {
            console.result(own.key());
        }
        if (event instanceof TransferEvent.Found found) {
            console.result(found.entry().path() + (found.entry() instanceof Entry.Directory ? "/" : ""));
        }
        if (event instanceof TransferEvent.Completed completed) {
            completed.sha256().ifPresent(digest -> console.result(Formats.sha256Line(digest, completed.placed())));
        }
        if (event instanceof TransferEvent.Partial partial) {
            console.result("%s of %s, %s old, %s: %s"
                    .formatted(
                            Formats.size(partial.bytes()),
                            Formats.size(partial.size()),
                            Formats.clock(partial.age()),
                            partial.owner(),
                            partial.path()));
        }
        if (event instanceof TransferEvent.Checked checked && checked.state() != TransferEvent.Checked.State.SAME) {
            console.result("%s: %s: %s".formatted(JsonText.word(checked.state()), checked.path(), checked.text()));
        }
    }

    @Override
    public boolean wantsFrames() {
        return printers.wantsFrames();
    }

    @Override
    public void on(TransferEvent event) {
        if (!isClosed) {
            put(Optional.of(event));
        }
    }

    /** Waits until everything told so far has been printed. What is told later is dropped. */
    @Override
    public void close() {
        isClosed = true;
        put(Optional.empty());
        LockSupport.unpark(thread);
        boolean wasInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A listener must not throw, so an interruption waits until the event is in the queue. */
    private void put(Optional<TransferEvent> event) {
        boolean wasInterrupted = false;
        boolean isPut = false;
        // A printer that died must not keep the others waiting for room that nobody makes.
        while (!isPut && thread.isAlive()) {
            try {
                isPut = queue.offer(event, 1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellAll() {
        try {
            boolean goesOn = true;
            while (goesOn) {
                Optional<TransferEvent> event = next();
                event.ifPresent(this::tell);
                goesOn = event.isPresent();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            if (progress != null) {
                progress.close();
            }
        }
    }

    private void tell(TransferEvent event) {
        try {
            printers.on(event);
        } catch (RuntimeException e) { // Our fault, but what is printed of a transfer must not decide about it.
            console.error(
                    "internal error: " + e + " while telling of "
                            + event.getClass().getSimpleName(),
                    List.of());
        }
    }

    private Optional<TransferEvent> next() throws InterruptedException {
        if (queue.isEmpty() && !isClosed) {
            LockSupport.parkNanos(this, PAUSE.toNanos());
        }
        while (progress != null) {
            progress.showIfDue();
            Optional<Duration> untilDue = progress.untilDue();
            if (untilDue.isEmpty()) {
                break;
            }
            Optional<TransferEvent> event = queue.poll(untilDue.get().toNanos(), TimeUnit.NANOSECONDS);
            if (event != null) {
                return event;
            }
        }
        return queue.take();
    }
}
