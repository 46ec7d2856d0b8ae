package ferry.net;

/** Hears what goes wrong around accepting. Called on accepting and on connections' threads, at once; quick, and never throws. */
public interface AcceptListener {
    /** Hears nothing. */
    AcceptListener NONE = new AcceptListener() {
        @Override
        public void paused(Endpoint endpoint, String why) {}

        @Override
        public void resumed(Endpoint endpoint) {}

        @Override
        public void crowded() {}

        @Override
        public void failed(String peer, Throwable problem) {}
    };

    /** No connection can be accepted for now, such as for lack of file handles; told once until it is {@link #resumed}. */
    void paused(Endpoint endpoint, String why);

    /** Connections are accepted again, and have been for a while; told with the first one that shows it. */
    void resumed(Endpoint endpoint);

    /** Somebody who had proved nothing yet was sent away, since all places were taken and another came. */
    void crowded();

    /**
     * A handler threw. An {@link java.io.IOException} means as a rule that the peer went away, anything else a bug; the other
     * connections are not touched.
     */
    void failed(String peer, Throwable problem);
}
