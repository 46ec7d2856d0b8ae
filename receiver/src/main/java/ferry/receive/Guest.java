package ferry.receive;

import ferry.error.TransferException;
import ferry.net.Connection;
import ferry.net.ProtocolSelector;
import ferry.net.Refusal;
import ferry.net.Tls;
import ferry.wire.ClassicAnswer;
import ferry.wire.Limits;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from its first byte to its end; for its session also the place where inboxes come from, since that is where
 * a transfer begins. {@link #serve} belongs to the connection's own thread; {@link #stop} and {@link #sendAway} may be called
 * from any.
 */
final class Guest implements InboxFactory {
    /** How far a connection has come. */
    enum Stage {
        ARRIVING,
        TRANSFERRING,
        REFUSED
    }

    private final Connection connection;
    private final Reception reception;
    private final ReceiveServices services;
    private final Access access;
    private volatile @Nullable Consumer<TransferException> stopper;
    private volatile Stage stage = Stage.ARRIVING;

    Guest(Connection connection, Reception reception, ReceiveServices services) {
        this.connection = connection;
        this.reception = reception;
        this.services = services;
        this.access = services.access();
    }

    Stage stage() {
        return stage;
    }

    /** To be called under the reception's monitor. */
    void stage(Stage next) {
        stage = next;
    }

    /** Finds out what the peer speaks and lets it; empty if it came to no transfer. */
    Optional<TransferEnd> serve() throws IOException, InterruptedException {
        ProtocolSelector.Choice choice = ProtocolSelector.select(connection);
        Countdown untilHello = Countdown.of(Limits.HELLO);
        return switch (choice) {
            case FERRY -> ferry(connection, untilHello);
            case TLS -> encrypted(untilHello);
            case CLASSIC -> classic();
            case NOBODY -> Optional.empty();
        };
    }

    /** Ends the transfer for this reason, if there is one. */
    void stop(TransferException reason) {
        Consumer<TransferException> session = stopper;
        if (session != null) {
            session.accept(reason);
        }
    }

    /** Ends the connection. */
    void sendAway() {
        connection.abort();
    }

    @Override
    public Inbox open(Visitor visitor) throws TransferException {
        reception.begin(this);
        boolean opened = false;
        try {
            Inbox inbox = services.inboxes().open(visitor);
            opened = true;
            return inbox;
        } finally {
            if (!opened) {
                reception.takeBack(this);
            }
        }
    }

    private Optional<TransferEnd> ferry(Connection channel, Countdown untilHello) {
        ReceiveSession.Patience patience = ReceiveSession.Patience.DEFAULT.withHello(untilHello.left());
        ReceiveSession session = new ReceiveSession(channel, services.with(this), patience);
        stopper = session::stop;
        return session.run();
    }

    /** A handshake that fails, as scanners' do, costs a notice and nothing else. */
    private Optional<TransferEnd> encrypted(Countdown untilHello) throws IOException {
        Optional<Tls> tls = access.tls();
        if (tls.isEmpty()) {
            access.notices().notice(connection.peer() + ": refused: it is encrypted, and only plain is taken");
            Tls.refuseHandshake(connection);
            return Optional.empty();
        }
        try (Connection channel = tls.get().accept(connection, untilHello.left())) {
            return ferry(channel, untilHello);
        } catch (TransferException e) {
            access.notices().notice("%s: no encrypted connection: %s".formatted(connection.peer(), e.why()));
            return Optional.empty();
        }
    }

    private Optional<TransferEnd> classic() throws InterruptedException {
        try {
            access.requireClassic(connection);
        } catch (TransferException e) {
            Refusal.refuse(connection, ClassicAnswer.refusal(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
        ClassicReceiver receiver = new ClassicReceiver(connection, services.with(this));
        stopper = receiver::stop;
        return receiver.run().map(status -> new TransferEnd(status, TransferEnd.How.FINISHED));
    }
}
