package ferry.net;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits only so long for a system call that has no time-out of its own, by leaving it to a daemon platform thread. What is still
 * running afterwards ends when the system lets it.
 */
final class Patience {
    private Patience() {}

    /** Calls it on a thread of that name; ends in a {@link SocketTimeoutException} when it takes too long. */
    static <T> T call(String threadName, Duration limit, Callable<T> slow) throws IOException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(slow);
        Thread.ofPlatform().daemon().name(threadName).start(task);
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            SocketTimeoutException late = new SocketTimeoutException("no answer in time");
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            throw asOurs(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private static IOException asOurs(Throwable cause) {
        return switch (cause) {
            case IOException io -> io;
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            default -> new IOException(cause);
        };
    }
}
