package ferry.net;

import java.time.Duration;

/** Hears that a connection is being waited for. Called on the connecting thread; quick, and never throws. */
public interface ConnectListener {
    /** Hears nothing. */
    ConnectListener NONE = new ConnectListener() {
        @Override
        public void waiting(Endpoint target, String why, Duration longest) {}

        @Override
        public void connected(Endpoint target, String peer) {}
    };

    /** The first try failed and others will follow; told once per connection. */
    void waiting(Endpoint target, String why, Duration longest);

    /** A later try got through; only after {@link #waiting}. */
    void connected(Endpoint target, String peer);
}
