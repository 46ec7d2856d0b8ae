package ferry.send;

import ferry.error.TransferException;
import ferry.event.Bottleneck;
import ferry.event.TransferReport;
import ferry.net.Connection;
import java.io.IOException;
import java.util.Optional;

/**
 * Runs one session after the other until one comes to the end: over the first connection, and after each break over another one
 * (docs/adr/0025). For the thread that runs the {@link Sender}.
 */
final class SessionSequence {
    /** For whoever has seen a run end that another one can go on with. */
    static final String HOW_TO_GO_ON = "give the same command again: what has arrived is compared, and not sent again";

    /** Makes a session for each connection. */
    interface Sessions {
        TransferSession over(Connection connection);
    }

    private final ReceiverConnector connector;
    private final Cancellation cancellation;
    private final TransferReport report;
    private final Sessions sessions;
    private final Retries retries;

    /** The best of all sessions. */
    private TransferSession.Contact contact = TransferSession.Contact.NONE;

    SessionSequence(
            ReceiverConnector connector,
            Cancellation cancellation,
            TransferReport report,
            RetryPolicy policy,
            Sessions sessions) {
        this.connector = connector;
        this.cancellation = cancellation;
        this.report = report;
        this.retries = new Retries(policy);
        this.sessions = sessions;
    }

    /**
     * Runs them.
     *
     * @return what the last one waited for most of the time
     * @throws TransferException what has ended the transfer early
     */
    Bottleneck run(Connection first) throws TransferException, InterruptedException {
        Connection connection = first;
        while (true) {
            switch (runOne(connection)) {
                case TransferSession.Ending.Complete(Bottleneck limitedBy) -> {
                    return limitedBy;
                }
                case TransferSession.Ending.Unanswered(TransferException cause) ->
                    connection = connector.connectAfter(cause);
                case TransferSession.Ending.Broken broken -> connection = connectAgain(broken);
            }
        }
    }

    private TransferSession.Ending runOne(Connection connection) throws TransferException, InterruptedException {
        TransferSession session = sessions.over(connection);
        try {
            cancellation.enter(session);
            return session.run();
        } finally {
            cancellation.leave();
            close(connection);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // All was said and answered by then, or the session has an error of its own.
        }
    }

    private Connection connectAgain(TransferSession.Ending.Broken broken)
            throws TransferException, InterruptedException {
        if (broken.contact().compareTo(contact) > 0) {
            contact = broken.contact();
        }
        if (isUpToWait()) {
            return connector.connectAfter(broken.cause());
        }
        retries.lost(report.progress().answered(), report.progress().brokeOff());
        TransferException cause = broken.cause();
        while (true) {
            Optional<Retries.Attempt> attempt = retries.next();
            if (attempt.isEmpty()) {
                throw cause.withHint(HOW_TO_GO_ON);
            }
            report.reconnecting(
                    cause, attempt.get().number(), retries.most(), attempt.get().pause());
            try {
                Connection connection = connector.reconnect(attempt.get().pause());
                report.reconnected(connection.peer());
                return connection;
            } catch (TransferException e) {
                if (!ReceiverConnector.mayHeal(e)) {
                    throw e.withHint(HOW_TO_GO_ON);
                }
                cause = e;
            }
        }
    }

    /** Whether {@code --wait} decides: nobody knows whether there is a receiver, or it was given and has not been welcomed. */
    private boolean isUpToWait() {
        return switch (contact) {
            case NONE -> true;
            case MADE -> connector.isPatient();
            case WELCOMED -> false;
        };
    }
}
