package ferry.send;

import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.ConnectListener;
import ferry.net.Endpoint;
import java.time.Duration;

/** Tells people that the receiver is waited for; as thread-safe as the listener. */
record ConnectionNotices(TransferListener listener) implements ConnectListener {
    @Override
    public void waiting(Endpoint target, String why, Duration longest) {
        listener.on(new TransferEvent.Notice("waiting up to %d s for the receiver (%s)"
                .formatted(longest.plusMillis(500).toSeconds(), why)));
    }

    @Override
    public void connected(Endpoint target, String peer) {
        listener.on(new TransferEvent.Notice("connected to " + peer));
    }
}
