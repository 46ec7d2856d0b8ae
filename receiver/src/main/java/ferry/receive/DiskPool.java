package ferry.receive;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The platform threads that do all disk I/O of a receiver.
 *
 * <p>Any thread may hand in a step, and handing in never waits. The queue has no bound of its own: a mailbox is in it at
 * most once, and credit and the {@link EntryBudget} bound the mailboxes. Platform threads, because on virtual ones buffered file I/O would hold the
 * few carriers that all connections share. They are never interrupted, since an interrupt closes the file that a thread
 * is working on.
 */
final class DiskPool implements Executor, AutoCloseable {
    /**
     * More threads than cores: steps mostly wait for a sync, and the file system commits together what waits together.
     * With files of 10 kB on ext4 and two cores, 8 to 16 threads placed 3,000 to 4,800 a second, 1 or 2 threads 2,000,
     * and 32 or more no more than 2,500.
     */
    static final int THREADS = 16;

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final ThreadPoolExecutor threads;
    private final EntryBudget entries;
    private final DiskShortcut shortcut = DiskShortcut.ofMachine();

    /** Threads that are not of the pool; guards itself, and whether it is closed to further ones. */
    private final Set<Thread> apart = new HashSet<>();

    private boolean isClosed;
    private volatile Duration patience = FOR_EVER;
    private volatile boolean isQuiet;

    private DiskPool(ThreadPoolExecutor threads, EntryBudget entries) {
        this.threads = threads;
        this.entries = entries;
    }

    /**
     * Opens a pool of so many threads, which start as they are needed.
     *
     * @param faults hears of exceptions that a step did not catch: a fault of ours, which costs the pool nothing
     */
    static DiskPool open(int threads, Thread.UncaughtExceptionHandler faults) {
        return open(threads, faults, EntryBudget.ofHeap());
    }

    /** @param entries bounds what waits for the threads */
    static DiskPool open(int threads, Thread.UncaughtExceptionHandler faults, EntryBudget entries) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads,
                threads,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform()
                        .name("disk-", 1)
                        .daemon()
                        .uncaughtExceptionHandler(faults)
                        .factory(),
                (step, pool) -> {
                    if (step instanceof Future<?> awaited) {
                        awaited.cancel(false);
                    }
                });
        executor.allowCoreThreadTimeOut(true);
        return new DiskPool(executor, entries);
    }

    /**
     * Runs a step on one of the threads, after those handed in before have begun. Once the pool is closed the receiver is about
     * to end, and nothing is run any more.
     */
    @Override
    public void execute(Runnable step) {
        threads.execute(step);
    }

    /** The way past the threads, for what may be written at once; closed with the pool. */
    DiskShortcut shortcut() {
        return shortcut;
    }

    /**
     * Runs a step on one of the threads and waits for it, also when the caller is interrupted: for callers on virtual threads,
     * whose carrier the step would hold.
     *
     * @throws TransferException what the step throws; SHUTTING_DOWN if the pool is closed
     */
    <T> T call(Callable<T> step) throws TransferException {
        FutureTask<T> task = new FutureTask<>(step);
        threads.execute(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw asThrown(e);
                } catch (CancellationException e) {
                    throw new TransferException(ErrorCode.SHUTTING_DOWN, "receiver", "it is stopping", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Runs something on a thread of its own, for what uses the disk and may wait for a peer, as no step may. Once the pool is closed
     * nothing is run any more.
     */
    void executeApart(String name, Runnable work) {
        Thread thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> {
            try {
                work.run();
            } finally {
                ended(Thread.currentThread());
            }
        });
        synchronized (apart) {
            if (!isClosed) {
                // It cannot leave before it is in: that takes the monitor too.
                thread.start();
                apart.add(thread);
            }
        }
    }

    private void ended(Thread thread) {
        synchronized (apart) {
            apart.remove(thread);
            apart.notifyAll();
        }
    }

    /** What a step has thrown, to be thrown once more. */
    static TransferException asThrown(ExecutionException failure) {
        return switch (failure.getCause()) {
            case TransferException reason -> reason;
            case RuntimeException fault -> throw fault;
            case Error fault -> throw fault;
            case null, default -> throw new IllegalStateException(failure);
        };
    }

    /** What bounds the entries of all transfers whose steps run here. */
    EntryBudget entries() {
        return entries;
    }

    /** For {@link #close}: how long it may wait at most, from now on. Until it is called, for ever. */
    void patience(Duration longest) {
        patience = longest;
    }

    /**
     * Takes no more steps, and waits until those handed in have run, and the threads apart have ended; also when the caller is interrupted. With limited patience
     * it leaves threads behind that do not return, as from a write to a pipe that nobody reads: they end with the process, and
     * until then {@link #isQuiet} says no.
     */
    @Override
    public void close() {
        threads.shutdown();
        synchronized (apart) {
            isClosed = true;
        }
        long end = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended && System.nanoTime() - end < 0) {
            try {
                ended = threads.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS) && awaitApart(end);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        isQuiet = shortcut.close(Duration.ofNanos(Math.max(0, end - System.nanoTime()))) && ended;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether all have ended at that time. */
    private boolean awaitApart(long end) throws InterruptedException {
        synchronized (apart) {
            while (!apart.isEmpty() && System.nanoTime() - end < 0) {
                TimeUnit.NANOSECONDS.timedWait(apart, end - System.nanoTime());
            }
            return apart.isEmpty();
        }
    }

    /** Whether it is closed, and none of its threads can touch the disk any more. */
    boolean isQuiet() {
        return isQuiet;
    }
}
