package ferry.receive;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.AcceptListener;
import ferry.net.Endpoint;
import java.io.IOException;
import java.util.List;

/**
 * Tells people what goes wrong around accepting; as thread-safe as the listener.
 *
 * @param faults hears of what nobody foresaw
 */
record AcceptNotices(TransferListener listener, Thread.UncaughtExceptionHandler faults) implements AcceptListener {
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

    @Override
    public void failed(String peer, Throwable problem) {
        if (!(problem instanceof IOException)) {
            faults.uncaughtException(Thread.currentThread(), problem);
        }
    }
}
