package ferry.send;

import ferry.net.Connection;

/** What carries a session in a test. */
enum Transport {
    PLAIN {
        @Override
        Connection sender(Connection raw) {
            return raw;
        }

        @Override
        Connection receiver(Connection raw) {
            return raw;
        }
    };

    /** The sender's end; waits for the receiver's. */
    abstract Connection sender(Connection raw);

    /** The receiver's end; waits for the sender's. */
    abstract Connection receiver(Connection raw);
}
