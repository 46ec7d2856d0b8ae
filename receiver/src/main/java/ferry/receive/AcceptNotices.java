package ferry.receive;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.AcceptListener;
import ferry.net.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tells people what goes wrong around accepting; as thread-safe as the listener. */
final class AcceptNotices implements AcceptListener {
    private final TransferListener listener;
    private final Thread.UncaughtExceptionHandler faults;
    private final AtomicBoolean isCrowded = new AtomicBoolean();

    /** @param faults hears of what nobody foresaw */
    AcceptNotices(TransferListener listener, Thread.UncaughtExceptionHandler faults) {
        this.listener = listener;
        this.faults = faults;
    }

    @Override
    public void paused(Endpoint endpoint, String why) {
        listener.on(new TransferEvent.Warning(
                "%s: no connection can be accepted for now, trying again: %s".formatted(endpoint, why),
                List.of("if file handles are scarce, before the next start: ulimit -n 65536")));
    }

    @Override
    public void resumed(Endpoint endpoint) {
        listener.on(new TransferEvent.Notice(endpoint + ": connections are accepted again"));
    }

    /** Said once, also by whoever refuses a transfer since there is no place for it. */
    @Override
    public void crowded() {
        if (isCrowded.compareAndSet(false, true)) {
            listener.on(new TransferEvent.Warning(
                    "as many connections are served as can be; who hardly moves gives way to who comes, or who comes is refused as busy",
                    List.of("receive --max-connections N; many connections also need file handles: ulimit -n N")));
        }
    }

    @Override
    public void failed(String peer, Throwable problem) {
        if (!(problem instanceof IOException)) {
            faults.uncaughtException(Thread.currentThread(), problem);
        }
    }
}
