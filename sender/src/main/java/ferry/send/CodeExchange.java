package ferry.send;

import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.wire.Token;

/**
 * What the two sides of one connection say to prove a code to each other (docs/PROTOCOL.md, section 2.2); immutable.
 *
 * @param ours what the sender says
 * @param theirs what the receiver says if it knows the code; compared in constant time
 * @param whenProved to be done once it has, before anything is offered
 */
record CodeExchange(Token ours, Token theirs, WhenProved whenProved) {
    /** What follows from the proof. */
    @FunctionalInterface
    interface WhenProved {
        /**
         * Does it.
         *
         * @throws TransferException if nothing must be sent all the same
         */
        void run() throws TransferException;
    }

    /** Works out what is to be said over a connection. */
    @FunctionalInterface
    interface Factory {
        /** The proofs differ from connection to connection. */
        CodeExchange over(Connection connection);
    }
}
