package ferry.send;

import ferry.error.ErrorCode;
import ferry.error.TransferException;
import ferry.event.TransferEvent;
import ferry.event.TransferListener;
import ferry.net.Backoff;
import ferry.net.Connection;
import ferry.net.Connector;
import ferry.net.Endpoint;
import ferry.net.Security;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Opens connections on which a session may speak: to the receiver, and protected as the request wants it. For the thread that runs
 * the {@link Sender}.
 */
final class ReceiverConnector {
    private final SendRequest request;
    private final Protection protection;
    private final Cancellation cancellation;
    private final TransferListener listener;
    private final Backoff backoff;

    /** Makes a connection safe to speak on, before anything was said. */
    @FunctionalInterface
    interface Protection {
        /** For those who asked for none. */
        Protection NONE = raw -> raw;

        /**
         * The connection to speak on, which owns the raw one; that is closed if this fails.
         *
         * @throws TransferException if it cannot be made, or the receiver is not the right one; worth another try if its code is
         */
        Connection over(Connection raw) throws TransferException;

        /** The same for a further stream, whose receiver must be that of the first; nobody is asked, and nothing is recorded. */
        default Connection overFurther(Connection raw) throws TransferException {
            return over(raw);
        }
    }

    ReceiverConnector(
            SendRequest request, Protection protection, Cancellation cancellation, TransferListener listener) {
        this.request = request;
        this.protection = protection;
        this.cancellation = cancellation;
        this.listener = listener;
        this.backoff = Backoff.within(request.patience());
    }

    /**
     * Connects, again and again within the time that the request gives. A handshake that breaks is no more than a receiver that is
     * not there: its accept queue was full, or it is stopping.
     */
    Connection connect() throws TransferException, InterruptedException {
        while (true) {
            Connection raw = open();
            try {
                return protection.over(raw);
            } catch (TransferException e) {
                awaitNextTry(e);
            }
        }
    }

    /**
     * Connects once more, since nothing was answered over the connection before.
     *
     * @throws TransferException that cause, if the time is over or another try cannot help; or as {@link #connect}
     */
    Connection connectAfter(TransferException cause) throws TransferException, InterruptedException {
        awaitNextTry(cause);
        return connect();
    }

    /** Whether the request gives time to try again while the receiver is not there. */
    boolean isPatient() {
        return !request.patience().isZero();
    }

    /** Whether another try after this failure to connect can end better: also the service that knows the name may be out of reach. */
    static boolean mayHeal(TransferException failure) {
        return failure.code().retryable() || failure.code() == ErrorCode.HOST_UNKNOWN;
    }

    /**
     * Waits, and connects once more to a receiver that was there: it looks up the name anew, and tries each address once.
     *
     * @throws TransferException if there is no connection; {@link #mayHeal} says whether it is worth another try
     */
    Connection reconnect(Duration wait) throws TransferException, InterruptedException {
        cancellation.connecting();
        Thread.sleep(wait);
        Connection raw = connector().connectOnce(request.target());
        try {
            return protection.over(raw);
        } catch (TransferException e) {
            // An interrupt breaks a handshake too.
            cancellation.connecting();
            throw e;
        }
    }

    /** Connects to where a stream of the transfer leads already: not by name, which may stand for several receivers. Any thread. */
    Connection connectFurther(Connection first) throws TransferException, InterruptedException {
        Connection raw = connector().connectOnce(Endpoint.parseTarget(first.peer()));
        Connection protectedOne = protection.overFurther(raw);
        if (first.security() instanceof Security.Tls known
                && !(protectedOne.security() instanceof Security.Tls other
                        && other.peer().equals(known.peer()))) {
            protectedOne.abort();
            throw new TransferException(
                    ErrorCode.KEY_CHANGED, first.peer(), "it shows another key than over the first stream");
        }
        return protectedOne;
    }

    private Connector connector() {
        return new Connector(request.connect(), new ConnectionNotices(listener));
    }

    private void awaitNextTry(TransferException cause) throws TransferException, InterruptedException {
        // First: an interrupt breaks a handshake too.
        cancellation.connecting();
        if (!cause.code().retryable() || !backoff.pause()) {
            throw cause;
        }
        listener.on(new TransferEvent.Notice(cause.getMessage() + "; trying again"));
    }

    private Connection open() throws TransferException, InterruptedException {
        cancellation.connecting();
        try {
            return connector().connect(request.target(), backoff);
        } catch (TransferException e) {
            throw e.code() == ErrorCode.HOST_UNKNOWN && Files.exists(Path.of(e.what()))
                    ? e.withHint(
                            "'%s' is a file here; the target comes last: send %s HOST".formatted(e.what(), e.what()))
                    : e;
        }
    }
}
