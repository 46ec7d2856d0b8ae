package ferry.cli;

import ferry.error.ExitStatus;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import sun.misc.Signal;

/**
 * SIGINT and SIGTERM: the first asks the program to stop politely, the second stops it at once.
 *
 * <p>{@code sun.misc.Signal} is the one way to know which signal it was, and the one that leaves the program running. A signal
 * that the process was started to ignore ({@code nohup}, a background job of a script) stays ignored.
 */
public final class Signals {
    private Signals() {}

    /**
     * Calls the handler on a thread of its own when the first signal arrives, with {@link ExitStatus#INTERRUPTED} or
     * {@link ExitStatus#TERMINATED}; the program goes on, and ends by itself. A second signal ends the process with its
     * status, whatever is going on. To be called once.
     */
    public static void onInterrupt(Consumer<ExitStatus> handler) {
        install(handler, Runtime.getRuntime()::halt);
    }

    static void install(Consumer<ExitStatus> handler, IntConsumer halt) {
        AtomicBoolean isStopping = new AtomicBoolean();
        on("INT", ExitStatus.INTERRUPTED, isStopping, handler, halt);
        on("TERM", ExitStatus.TERMINATED, isStopping, handler, halt);
    }

    private static void on(
            String name, ExitStatus status, AtomicBoolean isStopping, Consumer<ExitStatus> handler, IntConsumer halt) {
        try {
            Signal.handle(new Signal(name), signal -> {
                if (isStopping.compareAndSet(false, true)) {
                    handler.accept(status);
                } else {
                    halt.accept(status.code());
                }
            });
        } catch (IllegalArgumentException e) {
            // The platform, or the virtual machine's -Xrs, keeps this signal to itself: it then ends the process as
            // usual.
        }
    }
}
